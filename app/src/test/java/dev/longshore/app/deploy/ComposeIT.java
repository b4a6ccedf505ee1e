package dev.longshore.app.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
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
  @TempDir Path folder;

  @Test
  void mirrorsAPushAndKeepsItOverDownAndUp() throws IOException, InterruptedException {
    assertThat(new DeployScript("deploy/compose/test", 8).run(folder))
        .contains("up again, and all is kept");
  }
}
