package dev.longshore.programs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CommandTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Command SHELL = Command.of("/bin/sh", "-c");
  @TempDir Path folder;

  @Test
  void runsInItsFolderWithItsVariablesAndInput() throws Exception {
    Path input = Files.writeString(folder.resolve("input"), "from a file");

    assertThat(
            SHELL
                .in(folder)
                .with(Map.of("WORD", "a word"))
                .reading(input)
                .run("pwd; echo $WORD; cat; echo unseen >&2"))
        .isEqualTo(folder + "\na word\nfrom a file");
  }

  @Test
  void givesBytesThatAreNoText() throws Exception {
    SHELL.runTo(folder.resolve("out"), "printf '\\377\\376'");

    assertThat(folder.resolve("out")).hasBinaryContent(new byte[] {(byte) 0xff, (byte) 0xfe});
  }

  @Test
  void saysWhatWasRunAndWhatItSaidWhenItFails() throws Exception {
    assertThatThrownBy(() -> SHELL.run("echo half; echo refused >&2; exit 4"))
        .isInstanceOf(ProgramException.class)
        .hasMessage("/bin/sh -c echo half; echo refused >&2; exit 4: exit code 4: half\nrefused");
    assertThat(SHELL.tryTo("echo half; echo refused >&2; exit 4"))
        .isEqualTo(new Command.Ended(4, "half\n", "refused\n"));
  }

  @Test
  void showsTheBeginningOfALongLine() {
    assertThat(Command.of("java", "-cp", "x.jar:".repeat(1_000)).toString())
        .startsWith("java -cp x.jar:x.jar")
        .hasSizeLessThan(1_100);
  }

  @Test
  void isKilledWithItsChildrenWhenItDoesNotEnd() throws Exception {
    Path child = folder.resolve("child");
    Command hangs = SHELL.within(Duration.ofSeconds(1)).with(Map.of("CHILD", child.toString()));

    assertThatThrownBy(
            () -> hangs.run("echo half; echo asking >&2; sleep 60 & echo $! >$CHILD; wait"))
        .isInstanceOf(ProgramException.class)
        .hasMessageContaining("no end within 1 s: half\nasking");
    ProcessHandle.of(Long.parseLong(Files.readString(child).strip()))
        .ifPresent(left -> assertThat(left.onExit()).succeedsWithin(Duration.ofSeconds(20)));
  }

  @Test
  void isNotWaitedForByWhatItLeavesBehind() throws Exception {
    long start = System.nanoTime();

    String pid = SHELL.run("sleep 60 & echo $!").strip();

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
    ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
  }

  @Test
  void isAskedToEndWhenItsCallerIsInterrupted() throws Exception {
    Path started = folder.resolve("started");
    Path cleaned = folder.resolve("cleaned");
    Command builds =
        SHELL.with(Map.of("STARTED", started.toString(), "CLEANED", cleaned.toString()));
    Thread caller =
        Thread.ofVirtual()
            .start(
                () ->
                    assertThatThrownBy(
                            () ->
                                builds.run(
                                    "trap 'echo >$CLEANED; exit' TERM; echo >$STARTED;"
                                        + " while :; do sleep 0.05; done"))
                        .isInstanceOf(InterruptedException.class));
    await(started);

    caller.interrupt();

    await(cleaned);
    assertThat(caller.join(SOON)).isTrue();
  }

  private void await(Path file) throws IOException, InterruptedException {
    try (WatchService changes = folder.getFileSystem().newWatchService()) {
      folder.register(changes, StandardWatchEventKinds.ENTRY_CREATE);
      while (!Files.exists(file)) {
        WatchKey key = changes.poll(SOON.toSeconds(), TimeUnit.SECONDS);
        assertThat(key).as("%s is written", file).isNotNull();
        key.reset();
      }
    }
  }
}
