package dev.longshore.bench.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AppFilesTest {
  private static final long BYTES = 3_000_000;

  @TempDir Path folder;

  @Test
  void aSeedGivesTheSameFilesAndThatManyBytes() throws Exception {
    AppFiles app = AppFiles.write(folder.resolve("a"), 7, BYTES);
    AppFiles.write(folder.resolve("b"), 7, BYTES);

    Map<String, String> files = files("a");
    assertThat(files).hasSize(app.count()).isEqualTo(files("b"));
    assertThat(size("a")).isEqualTo(BYTES);
  }

  @Test
  void aChangeLeavesTheOthersWithTheirTimes() throws Exception {
    AppFiles app = AppFiles.write(folder.resolve("a"), 7, BYTES);
    Map<String, String> before = files("a");

    app.change(2, 1);

    Map<String, String> after = files("a");
    assertThat(after.keySet()).isEqualTo(before.keySet());
    after.entrySet().removeAll(before.entrySet());
    assertThat(after).hasSizeBetween(1, 2);
  }

  /** Content and time of each. */
  private Map<String, String> files(String below) throws IOException {
    Map<String, String> all = new HashMap<>();
    Path root = folder.resolve(below);
    try (Stream<Path> found = Files.walk(root)) {
      for (Path file : found.filter(Files::isRegularFile).toList()) {
        all.put(
            root.relativize(file).toString(), Files.getLastModifiedTime(file) + " " + hash(file));
      }
    }
    return all;
  }

  private static String hash(Path file) throws IOException {
    return Digest.of(Files.readAllBytes(file)).hex();
  }

  private long size(String below) throws IOException {
    try (Stream<Path> found = Files.walk(folder.resolve(below))) {
      return found.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }
}
