package dev.longshore.app.parts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.longshore.app.parts.KeptProgram.Pauses;
import dev.longshore.programs.Command;
import dev.longshore.programs.Program;
import dev.longshore.programs.Ready;
import dev.longshore.programs.RunningProgram;
import dev.longshore.runtime.testing.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptProgramTest {
  private static final Pauses SHORT =
      new Pauses(Duration.ofMillis(1), Duration.ofMillis(8), Duration.ofHours(1));

  @TempDir Path folder;
  private final AtomicInteger starts = new AtomicInteger();

  private Program sleeper() {
    return new Program(
        "sleeper",
        Command.of("sleep", "600"),
        folder.resolve("log"),
        Ready.atOnce(),
        Duration.ofSeconds(20));
  }

  private KeptProgram kept(int failures) {
    return kept(
        failures,
        () -> {
          throw new IOException("not now");
        });
  }

  private KeptProgram kept(int failures, KeptProgram.Preparation failure) {
    return new KeptProgram(
        "sleeper",
        () -> {
          int start = starts.incrementAndGet();
          return start > 1 && start <= 1 + failures ? failure.prepare() : sleeper();
        },
        SHORT);
  }

  private static RunningProgram running(KeptProgram kept) {
    return Objects.requireNonNull(kept.running());
  }

  @Test
  void aProgramThatDiesIsStartedAgainHoweverOftenThatFails() throws Exception {
    KeptProgram kept = kept(3);
    kept.start();
    ProcessHandle first = running(kept).process();
    first.destroyForcibly();

    Eventually.await(
        "another one", () -> kept.running() != null && running(kept).pid() != first.pid());
    assertThat(kept.trouble()).isEmpty();
    assertThat(starts).hasValue(5);
    kept.stop(Duration.ZERO);
  }

  @Test
  void aDefectAtAStartIsFollowedByTheNextStart() throws Exception {
    KeptProgram kept =
        kept(
            2,
            () -> {
              throw new UncheckedIOException(new IOException("a disk that cannot be read"));
            });
    kept.start();
    ProcessHandle first = running(kept).process();
    first.destroyForcibly();

    Eventually.await(
        "another one", () -> kept.running() != null && running(kept).pid() != first.pid());
    assertThat(kept.trouble()).isEmpty();
    kept.stop(Duration.ZERO);
  }

  @Test
  void whileItDoesNotRunItSaysWhy() throws Exception {
    KeptProgram kept = kept(Integer.MAX_VALUE - 1);
    kept.start();
    running(kept).process().destroyForcibly();

    Eventually.await("the failed start", () -> kept.trouble().orElse("").contains("not now"));
    kept.stop(Duration.ZERO);
    int then = starts.get();
    assertThat(kept.running()).isNull();
    assertThat(starts).as("it is not started once it was stopped").hasValue(then);
  }

  @Test
  void itEndsWithItsServiceForGood() throws Exception {
    KeptProgram kept = kept(0);
    kept.start();
    ProcessHandle process = running(kept).process();

    kept.stop(Duration.ZERO);

    assertThat(process.isAlive()).isFalse();
    assertThat(starts).hasValue(1);
  }

  @Test
  void aFirstStartThatFailsIsTold() {
    KeptProgram kept =
        new KeptProgram(
            "sleeper",
            () -> {
              throw new PartFailedException("port 5001 is taken", null);
            },
            SHORT);

    assertThatExceptionOfType(PartFailedException.class)
        .isThrownBy(kept::start)
        .withMessage("port 5001 is taken");
  }

  @Test
  void pausesGrowToAMinute() {
    assertThat(Pauses.USUAL.after(0)).isEqualTo(Duration.ofSeconds(1));
    assertThat(Pauses.USUAL.after(3)).isEqualTo(Duration.ofSeconds(8));
    assertThat(Pauses.USUAL.after(1_000_000)).isEqualTo(Duration.ofMinutes(1));
  }
}
