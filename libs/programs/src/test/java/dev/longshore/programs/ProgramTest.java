package dev.longshore.programs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ProgramTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  @TempDir Path folder;

  private Program shell(Ready ready, Duration limit, String script) {
    return new Program(
        "part",
        Command.of("/bin/sh", "-c", script).with(Map.of("MARK", folder.resolve("mark").toString())),
        folder.resolve("logs/part.log"),
        ready,
        limit);
  }

  private Program shell(String script) {
    return shell(Ready.says("works"), SOON, script);
  }

  private static ProcessHandle process(Path file) throws IOException {
    long pid = Long.parseLong(Files.readString(file).strip());
    return ProcessHandle.of(pid).orElseThrow();
  }

  private static void assertGone(ProcessHandle process) throws Exception {
    process.onExit().get(SOON.toSeconds(), TimeUnit.SECONDS);
  }

  @Test
  void isReadyWhenItSaysSoAndEndsWhenAsked() throws Exception {
    CompletableFuture<String> death = new CompletableFuture<>();
    RunningProgram part = shell("echo it works; exec sleep 60").start();
    part.onDeath(death::complete);

    part.stop(SOON);

    assertThat(part.process().isAlive()).isFalse();
    assertThat(death).isNotDone();
    assertThat(Files.readString(part.log())).isEqualTo("it works\n");
  }

  @Test
  void isReadyWhenACheckSaysSo() throws Exception {
    Ready marked = Ready.when(() -> Files.exists(folder.resolve("mark")));
    try (RunningProgram part = shell(marked, SOON, "touch $MARK; exec sleep 60").start()) {
      assertThat(folder.resolve("mark")).exists();
      assertThat(part.process().isAlive()).isTrue();
    }
  }

  @Test
  void isKilledWhenItIgnoresTerm() throws Exception {
    RunningProgram part =
        shell("trap 'echo no' TERM; echo works; while :; do sleep 0.05; done").start();

    part.stop(Duration.ofMillis(300));

    assertThat(part.process().isAlive()).isFalse();
    assertThat(Files.readString(part.log())).as("it was asked before").contains("no");
  }

  @Test
  void endsWithWhatItStartedItself() throws Exception {
    RunningProgram part = shell("sleep 60 & echo $! >$MARK; echo works; wait").start();
    ProcessHandle child = process(folder.resolve("mark"));

    part.stop(SOON);

    assertGone(child);
  }

  @Test
  void isKilledWithWhatItStartedItself() throws Exception {
    RunningProgram part = shell("sleep 60 & echo $! >$MARK; echo works; wait").start();
    ProcessHandle child = process(folder.resolve("mark"));

    part.kill();

    assertGone(child);
  }

  @Test
  void isLeftByNobodyWhoIsInterruptedWhileItStops() throws Exception {
    RunningProgram part = shell("trap '' TERM; echo works; while :; do sleep 0.05; done").start();

    Thread.currentThread().interrupt();
    part.close();

    assertThat(Thread.interrupted()).isTrue();
    assertGone(part.process());
  }

  @Test
  void saysHowItEndedAtItsStart() {
    assertThatThrownBy(() -> shell("echo first; echo the port is taken >&2; exit 3").start())
        .isInstanceOf(ProgramException.class)
        .hasMessageContaining("part ended at its start with exit code 3")
        .hasMessageContaining("/bin/sh -c echo first")
        .hasMessageContaining("logs/part.log")
        .hasMessageEndingWith("first\nthe port is taken");
  }

  @Test
  void isGivenUpWhenItIsNeverReady() throws Exception {
    Program part =
        shell(
            Ready.says("works"),
            Duration.ofSeconds(1),
            "echo $$ >$MARK; echo starting; exec sleep 60");

    assertThatThrownBy(part::start)
        .isInstanceOf(ProgramException.class)
        .hasMessageContaining("part was not ready within 1 s")
        .hasMessageEndingWith("starting");
    assertThat(ProcessHandle.of(Long.parseLong(Files.readString(folder.resolve("mark")).strip())))
        .as("it does not stay")
        .isEmpty();
  }

  @Test
  void showsTheEndOfAHugeLogAndFindsWhatItWaitsForInIt() throws Exception {
    String talk = "head -c 50000000 /dev/zero | tr '\\0' x; ";
    try (RunningProgram part = shell(talk + "echo it works; exec sleep 60").start()) {
      assertThat(Files.size(part.log())).isGreaterThan(50_000_000);
    }
    assertThatThrownBy(() -> shell(talk + "echo; echo no disk; exit 1").start())
        .hasMessageEndingWith("\nno disk")
        .extracting(e -> e.getMessage().length())
        .satisfies(length -> assertThat(length).isLessThan(20_000));
  }

  @Test
  void tellsWhenItEndsUnasked() throws Exception {
    CompletableFuture<String> death = new CompletableFuture<>();
    RunningProgram part = shell("echo works; sleep 0.2; echo out of memory; exit 137").start();

    part.onDeath(death::complete);

    assertThat(death.get(SOON.toSeconds(), TimeUnit.SECONDS))
        .contains("part ended by itself with exit code 137")
        .endsWith("out of memory");
  }

  @Test
  void saysWhichProgramIsMissing() {
    String absent = folder.resolve("absent").toString();
    Program part =
        new Program("part", Command.of(absent), folder.resolve("part.log"), Ready.atOnce(), SOON);

    assertThatThrownBy(part::start)
        .isInstanceOf(ProgramException.class)
        .hasMessageContaining("there is no program at " + absent);
  }

  @Test
  void endsWhenTheProcessThatStartedItIsKilled() throws Exception {
    Path log = folder.resolve("orphan.log");
    Command starter =
        Command.of(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                Starter.class.getName(),
                log.toString()));
    RunningProgram running =
        new Program("starter", starter, folder.resolve("starter.log"), Ready.says("\n"), SOON)
            .start();
    ProcessHandle orphan = process(running.log());

    // Without what kill() does for its children.
    running.process().destroyForcibly();

    assertGone(orphan);
  }

  /** Starts a program from a thread that ends before it does. */
  static final class Starter {
    private Starter() {}

    public static void main(String[] arguments) throws Exception {
      Program sleep =
          new Program(
              "sleep",
              Command.of("/bin/sh", "-c", "echo works; exec sleep 60"),
              Path.of(arguments[0]),
              Ready.says("works"),
              SOON);
      CompletableFuture<RunningProgram> started = new CompletableFuture<>();
      Thread thread =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      started.complete(sleep.start());
                    } catch (IOException | InterruptedException e) {
                      started.completeExceptionally(e);
                    }
                  });
      thread.join();
      if (started.get().awaitEnd(Duration.ofMillis(300)).isEmpty()) {
        System.out.println(started.get().pid());
      }
      var _ = started.get().awaitEnd(Duration.ofSeconds(60));
    }
  }
}
