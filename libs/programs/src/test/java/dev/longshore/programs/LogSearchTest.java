package dev.longshore.programs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogSearchTest {
  private static final String WANTED = "is réady";
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65_530, 65_535, 65_536, 131_070})
  void findsATextWhereverItBegins(int before) throws Exception {
    Path log = Files.writeString(folder.resolve("log"), "x".repeat(before) + WANTED + "\n");

    assertThat(new LogSearch(log, WANTED).isFound()).isTrue();
  }

  @Test
  void findsATextThatIsWrittenBitByBit() throws Exception {
    Path log = Files.writeString(folder.resolve("log"), "");
    LogSearch search = new LogSearch(log, WANTED);
    for (char c : ("starting\n" + WANTED).toCharArray()) {
      assertThat(search.isFound()).isFalse();
      Files.writeString(log, String.valueOf(c), StandardOpenOption.APPEND);
    }
    assertThat(search.isFound()).isTrue();
  }

  @Test
  void findsNothingInALogWithoutIt() throws Exception {
    Path log = Files.writeString(folder.resolve("log"), "is ready".repeat(10_000));

    assertThat(new LogSearch(log, WANTED).isFound()).isFalse();
  }
}
