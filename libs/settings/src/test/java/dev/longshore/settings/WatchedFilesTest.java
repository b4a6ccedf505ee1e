package dev.longshore.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
}
