package dev.longshore.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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

  /** Its timer would drop it for good, and nobody would know. */
  @Test
  void anErrorInAParserEndsNoWatch() throws Exception {
    Path file = Files.writeString(folder.resolve("list"), "1");
    List<String> used = new CopyOnWriteArrayList<>();
    CountDownLatch failed = new CountDownLatch(1);
    CountDownLatch readAgain = new CountDownLatch(2);
    WatchedFiles watched =
        WatchedFiles.<IOException>watch(
            "list",
            List.of(file),
            () -> {
              String text = Files.readString(file);
              if (text.equals("[[[[")) {
                failed.countDown();
                throw new StackOverflowError();
              }
              used.add(text);
              readAgain.countDown();
            });

    Files.writeString(file, "[[[[");
    assertThat(failed.await(20, TimeUnit.SECONDS)).isTrue();
    Files.writeString(file, "three");

    assertThat(readAgain.await(20, TimeUnit.SECONDS)).isTrue();
    watched.end();
    assertThat(used).containsExactly("1", "three");
  }
}
