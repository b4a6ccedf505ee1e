package dev.longshore.app.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FailedLogsTest {
  @TempDir private Path folder;

  @Test
  void theFailureNamesWhereTheLogsAreOnceTheirFolderIsGone() throws IOException {
    Path logs = Files.createDirectories(folder.resolve("run/logs"));
    Files.writeString(logs.resolve("pinner.log"), "it pins");
    Files.writeString(logs.resolve("state.db"), "no log");
    AssertionError failure = new AssertionError("a copy is missing");

    AssertionError told = told(KeepingIT.class, failure, logs, folder.resolve("absent"));
    Files.delete(logs.resolve("pinner.log"));

    Path kept = runs().getFirst();
    assertThat(told).hasMessage("a copy is missing\nthe logs are in " + kept).hasCause(failure);
    assertThat(kept.getFileName().toString()).startsWith("KeepingIT-");
    assertThat(kept).isDirectoryContaining("glob:**/pinner.log");
    assertThat(kept.resolve("pinner.log")).hasContent("it pins");
    assertThat(kept.resolve("state.db")).doesNotExist();
  }

  /** Nothing was asserted yet. */
  @Test
  void theLogsOfAProgramThatDoesNotStartAreKept() throws IOException {
    Path logs = Files.createDirectories(folder.resolve("run/logs"));
    Files.writeString(logs.resolve("kafka.log"), "the port is taken");
    IOException failure = new IOException("kafka did not say that it is ready within 120 s");

    AssertionError told = told(KillIT.class, failure, logs);

    Path kept = runs().getFirst();
    assertThat(told).hasMessage(failure + "\nthe logs are in " + kept).hasCause(failure);
    assertThat(kept.resolve("kafka.log")).hasContent("the port is taken");
  }

  @Test
  void nothingIsKeptOfATestThatPasses() {
    failed().keptIfItFails(KillIT.class, () -> {}, folder);

    assertThat(folder.resolve("failed-logs")).doesNotExist();
  }

  @Test
  void ofALongLogItsEndIsKept() throws IOException {
    Path logs = Files.createDirectories(folder.resolve("run"));
    Files.writeString(logs.resolve("kafka.log"), "begins" + "x".repeat(3 << 20) + "ends");

    told(KillIT.class, new AssertionError("red"), logs);

    Path kept = runs().getFirst().resolve("kafka.log");
    assertThat(Files.size(kept)).isEqualTo(2 << 20);
    assertThat(Files.readString(kept)).endsWith("xends").doesNotContain("begins");
  }

  @Test
  void theOldestRunGoes() throws IOException {
    Path logs = Files.createDirectories(folder.resolve("run"));
    Files.writeString(logs.resolve("a.log"), "a");
    for (int i = 0; i < 8; i++) {
      told(KillIT.class, new AssertionError("red"), logs);
    }
    Path oldest = runs().getLast();
    Files.setLastModifiedTime(oldest, FileTime.fromMillis(1));

    told(LosslessIT.class, new AssertionError("red"), logs);

    assertThat(runs()).hasSize(8).doesNotContain(oldest);
  }

  private AssertionError told(Class<?> test, Throwable failure, Path... logs) {
    return catchThrowableOfType(
        AssertionError.class,
        () ->
            failed()
                .keptIfItFails(
                    test,
                    () -> {
                      if (failure instanceof AssertionError assertion) {
                        throw assertion;
                      }
                      throw (Exception) failure;
                    },
                    logs));
  }

  private FailedLogs failed() {
    return new FailedLogs(folder.resolve("failed-logs"));
  }

  private List<Path> runs() throws IOException {
    try (Stream<Path> runs = Files.list(folder.resolve("failed-logs"))) {
      return runs.toList();
    }
  }
}
