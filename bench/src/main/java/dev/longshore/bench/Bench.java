package dev.longshore.bench;

import dev.longshore.programs.Tools;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What every benchmark works with.
 *
 * @param folder for whatever is written, removed at the end
 * @param pairs that count
 * @param layerGigabytes of the largest layer
 * @param images of the largest catalog
 */
public record Bench(
    Path folder, int pairs, int layerGigabytes, int images, Tools tools, Report report) {
  /** The first line that a program prints about its version. */
  public String version(String tool, String... arguments) throws IOException, InterruptedException {
    return tools.run(tool, arguments).lines().findFirst().orElse(tool);
  }

  /** Pairs that do not count: the JVM compiles, files come into memory. */
  public static final int WARM_UPS = 2;
}
