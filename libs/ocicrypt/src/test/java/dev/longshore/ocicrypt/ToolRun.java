package dev.longshore.ocicrypt;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** One run of another program. */
final class ToolRun {
  static final int SECONDS = 60;

  private ToolRun() {}

  /**
   * Runs it to its end.
   *
   * @param log where it writes what it refuses
   */
  static void run(String name, ProcessBuilder builder, Path log) throws IOException {
    Process process = builder.start();
    try {
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("no end within " + SECONDS + " s: " + builder.command());
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    if (process.exitValue() != 0) {
      throw new IOException(
          name + " refuses: " + Files.readString(log, StandardCharsets.ISO_8859_1).strip());
    }
  }
}
