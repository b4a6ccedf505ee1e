package dev.longshore.app.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the benchmark measures of the operations page is what its users start. */
class PageOptionsTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern OPTIONS = Pattern.compile("-Xms16m [^\"'`]+(?=[\"'`])");

  @Test
  void areTheSameHoweverThePageIsStarted() throws IOException {
    String packaged = options("deploy/debian/files/etc/longshore/ops.env");

    assertThat(options("longshore")).isEqualTo(packaged);
    assertThat(options("docs/operations.md")).isEqualTo(packaged);
  }

  private static String options(String file) throws IOException {
    return OPTIONS
        .matcher(Files.readString(ROOT.resolve(file)))
        .results()
        .map(MatchResult::group)
        .findFirst()
        .orElse("");
  }
}
