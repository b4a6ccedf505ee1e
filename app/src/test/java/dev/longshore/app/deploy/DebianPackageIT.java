package dev.longshore.app.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The Debian package in a Debian 12 of its own, which needs root. Asked for by {@code ./longshore
 * test -Dlongshore.debian=true}, or alone by {@code deploy/debian/test}.
 */
@EnabledIfSystemProperty(named = "longshore.debian", matches = "true")
class DebianPackageIT {
  private static final int LIMIT_MINUTES = 6;

  @TempDir Path folder;

  @Test
  void installsRunsAndIsRemovedOnDebian12() throws IOException, InterruptedException {
    Path root = Path.of(System.getProperty("longshore.root"));
    Path said = folder.resolve("said");
    Process process =
        new ProcessBuilder(root.resolve("deploy/debian/test").toString(), "--as-built")
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    boolean ended = process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES);
    if (!ended) {
      process.destroy();
      process.waitFor(1, TimeUnit.MINUTES);
    }
    System.out.print(Files.readString(said));
    assertThat(ended).isTrue();
    assertThat(process.exitValue()).as(Files.readString(said)).isZero();
    assertThat(Files.readString(said)).contains("all is as it should be");
  }
}
