package dev.longshore.bench.image;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The JDK that runs this. */
public final class JdkFiles {
  private JdkFiles() {}

  /** As published images have it: without its own source, whose archive cannot be packed again. */
  public static FileTar withoutSource() throws IOException {
    Path home = Path.of(System.getProperty("java.home"));
    return FileTar.below(List.of(home), path -> !path.endsWith("src.zip"));
  }
}
