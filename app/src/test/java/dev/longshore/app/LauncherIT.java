package dev.longshore.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.testing.InTurn;
import dev.longshore.testing.SharedTurn;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens before any Java of ours runs; the scripts' own tests are scripts. */
@InTurn(SharedTurn.PARTS)
class LauncherIT {
  private static final int LIMIT_SECONDS = 120;

  @ParameterizedTest
  @ValueSource(strings = {"launcher-test", "install-test", "nightly-test"})
  void keepsItsPromisesWhateverIsMissingOrFails(String script)
      throws IOException, InterruptedException {
    Path tools = Path.of(System.getProperty("longshore.root"), "deploy", "tools");
    Process process =
        new ProcessBuilder(tools.resolve(script).toString()).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
    assertThat(said).contains("all passed");
  }
}
