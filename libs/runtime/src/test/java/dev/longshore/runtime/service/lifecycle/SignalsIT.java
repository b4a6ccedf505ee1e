package dev.longshore.runtime.service.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sends real signals to a real process. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SignalsIT {
  private static Process program(int drainSeconds) throws IOException {
    return new ProcessBuilder(
            // Whoever runs the tests in the background ignores INT, which a child would inherit.
            "env",
            "--default-signal=INT,TERM",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            SignalledProgram.class.getName(),
            Integer.toString(drainSeconds))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  @Test
  void termLetsWorkUnderWayEnd() throws Exception {
    Process program = program(1);
    try (BufferedReader out = program.inputReader()) {
      assertThat(out.readLine()).isEqualTo("started");
      send("TERM", program);
      assertThat(out.readLine()).isEqualTo("draining");
      assertThat(out.readLine()).isEqualTo("drained");
      assertThat(out.readLine()).isEqualTo("ended");
      assertThat(program.waitFor()).isZero();
    } finally {
      program.destroyForcibly();
    }
  }

  @Test
  void aSecondOneCutsItShort() throws Exception {
    Process program = program(3600);
    try (BufferedReader out = program.inputReader()) {
      assertThat(out.readLine()).isEqualTo("started");
      send("TERM", program);
      assertThat(out.readLine()).isEqualTo("draining");
      send("INT", program);
      assertThat(out.readLine()).isEqualTo("ended");
      assertThat(program.waitFor()).isZero();
    } finally {
      program.destroyForcibly();
    }
  }

  /** {@link Process#destroy} would close the streams that the test reads. */
  private static void send(String signal, Process program)
      throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(program.pid())).start();
    assertThat(kill.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(kill.exitValue()).isZero();
  }
}
