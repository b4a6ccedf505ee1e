package dev.longshore.app.faults;

import static org.assertj.core.api.Assertions.assertThat;

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

    AssertionError told = failed().kept(KeepingIT.class, failure, logs, folder.resolve("absent"));
    Files.delete(logs.resolve("pinner.log"));

    Path kept = runs().getFirst();
    assertThat(told).hasMessage("a copy is missing\nthe logs are in " + kept).hasCause(failure);
    assertThat(kept.getFileName().toString()).startsWith("KeepingIT-");
    assertThat(kept).isDirectoryContaining("glob:**/pinner.log");
    assertThat(kept.resolve("pinner.log")).hasContent("it pins");
    assertThat(kept.resolve("state.db")).doesNotExist();
  }

  @Test
  void ofALongLogItsEndIsKept() throws IOException {
    Path logs = Files.createDirectories(folder.resolve("run"));
    Files.writeString(logs.resolve("kafka.log"), "begins" + "x".repeat(3 << 20) + "ends");

    failed().keep(KillIT.class, logs);

    Path kept = runs().getFirst().resolve("kafka.log");
    assertThat(Files.size(kept)).isEqualTo(2 << 20);
    assertThat(Files.readString(kept)).endsWith("xends").doesNotContain("begins");
  }

  @Test
  void theOldestRunGoes() throws IOException {
    Path logs = Files.createDirectories(folder.resolve("run"));
    Files.writeString(logs.resolve("a.log"), "a");
    for (int i = 0; i < 8; i++) {
      failed().keep(KillIT.class, logs);
    }
    Path oldest = runs().getLast();
    Files.setLastModifiedTime(oldest, FileTime.fromMillis(1));

    failed().keep(LosslessIT.class, logs);

    assertThat(runs()).hasSize(8).doesNotContain(oldest);
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
