package dev.longshore.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** To look for what is in no jar opens them all: a fifth of what a short command takes. */
class LeanStartTest {
  private static final int LIMIT_SECONDS = 30;

  @TempDir Path folder;

  @Test
  void aUsageTextSearchesTheClassPathForNothingThatIsNotThere() throws Exception {
    // Who opens it waits for somebody to write to it, for ever.
    Path trap = folder.resolve("trap.jar");
    assertThat(new ProcessBuilder("mkfifo", trap.toString()).start().waitFor()).isZero();
    File out = folder.resolve("out").toFile();
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path") + File.pathSeparator + trap,
                Main.class.getName(),
                "--help")
            .redirectErrorStream(true)
            .redirectOutput(out)
            .start();
    try {
      assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS))
          .as("ended without a search of the whole class path; so far: %s", out)
          .isTrue();
    } finally {
      process.destroyForcibly();
    }

    assertThat(process.exitValue()).as(text(out)).isZero();
    assertThat(text(out)).startsWith("Usage: longshore [-h] COMMAND").contains("resolve", "3  ");
  }

  private static String text(File file) throws Exception {
    return Files.readString(file.toPath());
  }
}
