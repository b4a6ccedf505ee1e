package dev.longshore.app.parts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildProcessTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  @TempDir Path folder;
  private final CompletableFuture<String> death = new CompletableFuture<>();

  private ChildProcess shell(String script) {
    return new ChildProcess(
        "part",
        List.of("/bin/sh", "-c", script),
        Map.of("MARK", folder.resolve("mark").toString()),
        folder.resolve("logs/part.log"),
        death::complete);
  }

  private boolean isMarked() {
    return Files.exists(folder.resolve("mark"));
  }

  @Test
  void isStartedWhenItsProbeSaysSoAndEndsWhenTold() throws Exception {
    ChildProcess part = shell("touch $MARK; exec sleep 60");

    part.start(this::isMarked, SOON);
    part.stop(Duration.ZERO);

    assertThat(death).isNotDone();
  }

  @Test
  void isKilledWhenItDoesNotEndInItsTime() throws Exception {
    ChildProcess part = shell("trap '' TERM; touch $MARK; while :; do sleep 1; done");

    part.start(this::isMarked, SOON);
    part.stop(Duration.ZERO);

    assertThat(death).isNotDone();
  }

  @Test
  void tellsWithTheEndOfItsLogWhyItDidNotStart() {
    ChildProcess part = shell("echo first; echo the port is taken >&2; exit 3");

    assertThatThrownBy(() -> part.start(() -> false, SOON))
        .isInstanceOf(PartFailedException.class)
        .hasMessageContaining("exit code 3")
        .hasMessageContaining("the port is taken");
  }

  @Test
  void isGivenUpWhenItNeverAnswers() {
    ChildProcess part = shell("echo starting; exec sleep 60");

    assertThatThrownBy(() -> part.start(() -> false, Duration.ofMillis(300)))
        .isInstanceOf(PartFailedException.class)
        .hasMessageContaining("did not answer")
        .hasMessageContaining("starting");
  }

  @Test
  void tellsWhenItEndsUnasked() throws Exception {
    ChildProcess part = shell("touch $MARK; sleep 0.2; echo out of memory; exit 137");

    part.start(this::isMarked, SOON);

    assertThat(death.get(SOON.toSeconds(), TimeUnit.SECONDS))
        .contains("part ended by itself with exit code 137")
        .contains("out of memory");
  }

  @Test
  void saysWhichProgramIsMissing() {
    ChildProcess part =
        new ChildProcess(
            "part",
            List.of(folder.resolve("absent").toString()),
            Map.of(),
            folder.resolve("part.log"),
            death::complete);

    assertThatThrownBy(() -> part.start(() -> true, SOON))
        .isInstanceOf(PartFailedException.class)
        .hasMessageContaining("absent");
  }
}
