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
 * deploy/compose in a Docker of its own, which needs root and the ports of a development run. Asked
 * for by {@code ./longshore test -Dlongshore.compose=true}, or alone by {@code
 * deploy/compose/test}.
 */
@EnabledIfSystemProperty(named = "longshore.compose", matches = "true")
class ComposeIT {
  private static final int LIMIT_MINUTES = 8;

  @TempDir Path folder;

  @Test
  void mirrorsAPushAndKeepsItOverDownAndUp() throws IOException, InterruptedException {
    Path root = Path.of(System.getProperty("longshore.root"));
    Path said = folder.resolve("said");
    Process process =
        new ProcessBuilder(root.resolve("deploy/compose/test").toString(), "--as-built")
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    boolean ended = process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES);
    if (!ended) {
      process.destroy(); // it ends its Docker
      process.waitFor(1, TimeUnit.MINUTES);
    }
    System.out.print(Files.readString(said));
    assertThat(ended).isTrue();
    assertThat(process.exitValue()).as(Files.readString(said)).isZero();
    assertThat(Files.readString(said)).contains("up again, and all is kept");
  }
}
