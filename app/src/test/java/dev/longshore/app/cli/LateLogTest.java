package dev.longshore.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.settings.Secret;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** In a process of its own: one process has one log. */
class LateLogTest {
  private static final int LIMIT_SECONDS = 30;
  private static final String SECRET = "hunter2-token";

  /** Logs by slf4j or by java.util.logging first, when the log was set up long ago. */
  static final class Talkative {
    private Talkative() {}

    public static void main(String[] first) {
      LateLog.choose();
      Logs.ofShortCommand(System.err, false);
      Logs.hide(List.of(new Secret(SECRET)));
      if (first[0].equals("slf4j")) {
        LoggerFactory.getLogger("ours").error("ours says {}", SECRET);
      }
      java.util.logging.Logger theirs = java.util.logging.Logger.getLogger("theirs");
      theirs.severe("theirs says " + SECRET);
      theirs.warning("below what a short command logs");
      LoggerFactory.getLogger("ours").warn("below what a short command logs");
      LoggerFactory.getLogger("ours").error("the end");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"slf4j", "java.util.logging"})
  void logsAsWasAskedForBeforeAnybodyLogged(String first) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Talkative.class.getName(),
                first)
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
    List<String> lines = said.lines().toList();
    assertThat(lines).as(said).hasSize(first.equals("slf4j") ? 3 : 2);
    assertThat(lines).allMatch(line -> line.contains("ERROR"), "one line of our form each");
    assertThat(said).contains("theirs says ***", "the end").doesNotContain(SECRET);
  }
}
