package dev.longshore.bench;

import dev.longshore.programs.Tools;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What every benchmark works with.
 *
 * @param folder for whatever is written, removed at the end
 * @param pairs that count
 * @param layerGigabytes of the largest layer
 * @param images of the largest catalog
 * @param minutes of a look at something that rests
 * @param rows of the benchmark that runs; all if empty
 */
public record Bench(
    Path folder,
    int pairs,
    int layerGigabytes,
    int images,
    int minutes,
    List<String> rows,
    Tools tools,
    BenchmarkReport report) {
  public Bench {
    rows = List.copyOf(rows);
  }

  /** The same with these rows. */
  Bench of(List<String> others) {
    return new Bench(folder, pairs, layerGigabytes, images, minutes, others, tools, report);
  }

  /** The first line that a program prints about its version. */
  public String version(String tool, String... arguments) throws IOException, InterruptedException {
    return tools.run(tool, arguments).lines().findFirst().orElse(tool);
  }

  /** Pairs that do not count: the JVM compiles, files come into memory. */
  public static final int WARM_UPS = 2;
}
