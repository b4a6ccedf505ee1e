package dev.longshore.app.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The Debian package in a Debian 12 of its own, which needs root. Asked for by {@code ./longshore
 * test -Dlongshore.debian=true}, or alone by {@code deploy/debian/test}.
 */
@EnabledIfSystemProperty(named = "longshore.debian", matches = "true")
class DebianPackageIT {
  @TempDir Path folder;

  @Test
  void installsRunsAndIsRemovedOnDebian12() throws IOException, InterruptedException {
    assertThat(new DeployScript("deploy/debian/test", 12).run(folder))
        .contains("all is as it should be");
  }
}
