package dev.longshore.bench;

import dev.longshore.bench.parts.Tools;
import java.nio.file.Path;

/**
 * What every benchmark works with.
 *
 * @param folder for whatever is written, removed at the end
 * @param pairs that count
 * @param layerGigabytes of the largest layer
 */
public record Bench(Path folder, int pairs, int layerGigabytes, Tools tools, Report report) {
  /** Pairs that do not count: the JVM compiles, files come into memory. */
  public static final int WARM_UPS = 2;
}
