package dev.longshore.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchedFilesTest {
  @TempDir Path folder;

  @Test
  void aFileThatChangesWhileItIsReadDoesNotCount() throws Exception {
    Path file = Files.writeString(folder.resolve("list"), "all");
    List<String> used = new ArrayList<>();
    List<String> writtenMeanwhile = new ArrayList<>();
    WatchedFiles watched =
        WatchedFiles.<IOException>watchSettled(
            "list",
            file,
            () -> {
              String text = Files.readString(file);
              if (!writtenMeanwhile.isEmpty()) {
                Files.writeString(file, writtenMeanwhile.removeFirst());
              }
              return () -> used.add(text);
            });

    Files.writeString(file, "a part");
    writtenMeanwhile.add("all of it");
    watched.look();
    watched.look();
    assertThat(used).containsExactly("all");

    watched.look();
    watched.look();
    assertThat(used).containsExactly("all", "all of it");
    watched.end();
  }

  /** As the documents say of tokens, secrets, certificates, rules and peers. */
  @Test
  void aChangeIsUsedWithinTenSecondsWhereverItFallsBetweenTwoLooks() throws Exception {
    ManualTimer timer = new ManualTimer();
    Path file = Files.writeString(folder.resolve("file"), "0");
    AtomicReference<String> secret = new AtomicReference<>();
    AtomicReference<String> rules = new AtomicReference<>();
    WatchedFiles.<IOException>watch(
        "secrets", List.of(file), timer, () -> secret.set(Files.readString(file)));
    WatchedFiles.<IOException>watchSettled(
        "settings",
        file,
        timer,
        () -> {
          String text = Files.readString(file);
          return () -> rules.set(text);
        });

    for (int second = 0; second < 10; second++) {
      timer.advance(Duration.ofSeconds(1));
      String changed = "x".repeat(second + 2);
      Files.writeString(file, changed);

      timer.advance(Duration.ofSeconds(10));

      assertThat(secret).hasValue(changed);
      assertThat(rules).hasValue(changed);
    }
  }

  @Test
  void aFailureOfAnyKindEndsNoLooks() throws Exception {
    ManualTimer timer = new ManualTimer();
    Path file = Files.writeString(folder.resolve("file"), "used");
    AtomicReference<String> used = new AtomicReference<>();
    WatchedFiles.<IOException>watch(
        "secrets",
        List.of(file),
        timer,
        () -> {
          String text = Files.readString(file);
          if (text.equals("too deep")) {
            throw new StackOverflowError();
          }
          used.set(text);
        });

    Files.writeString(file, "too deep");
    timer.advance(Duration.ofSeconds(10));
    assertThat(used).hasValue("used");

    Files.writeString(file, "corrected");
    timer.advance(Duration.ofSeconds(10));
    assertThat(used).hasValue("corrected");
  }

  @Test
  void whatIsEndedIsNotLookedAtAnyMore() throws Exception {
    ManualTimer timer = new ManualTimer();
    Path file = Files.writeString(folder.resolve("file"), "first");
    AtomicReference<String> used = new AtomicReference<>();
    WatchedFiles watched =
        WatchedFiles.<IOException>watch(
            "secrets", List.of(file), timer, () -> used.set(Files.readString(file)));

    watched.end();
    Files.writeString(file, "second one");
    timer.advance(Duration.ofMinutes(1));

    assertThat(used).hasValue("first");
    assertThat(timer.runs).isEmpty();
  }

  /** Its time passes when a test says so; what throws is not run again, as by the real one. */
  private static final class ManualTimer implements WatchedFiles.Timer {
    final List<Run> runs = new ArrayList<>();
    private Duration now = Duration.ZERO;

    private static final class Run {
      final Duration pause;
      final Runnable look;
      Duration next;

      Run(Duration pause, Runnable look, Duration next) {
        this.pause = pause;
        this.look = look;
        this.next = next;
      }
    }

    @Override
    public Runnable every(Duration pause, Runnable look) {
      Run run = new Run(pause, look, now.plus(pause));
      runs.add(run);
      return () -> runs.remove(run);
    }

    void advance(Duration time) {
      Duration end = now.plus(time);
      while (now.compareTo(end) < 0) {
        now = now.plus(Duration.ofMillis(500));
        for (Run run : List.copyOf(runs)) {
          if (run.next.compareTo(now) <= 0) {
            run.next = now.plus(run.pause);
            try {
              run.look.run();
            } catch (RuntimeException | Error e) {
              runs.remove(run);
            }
          }
        }
      }
    }
  }
}
