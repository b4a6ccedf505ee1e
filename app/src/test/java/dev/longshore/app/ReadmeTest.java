package dev.longshore.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ReadmeTest {
  private static final Path ROOT = root();

  @Test
  void itLinksTheSixFilesThatANewcomerReads() throws Exception {
    List<Path> linked = new ArrayList<>();
    Matcher links = Pattern.compile("\\]\\(([^)#:]+)\\)").matcher(readme());
    while (links.find()) {
      linked.add(ROOT.resolve(links.group(1)));
    }

    assertThat(linked).allMatch(Files::exists, "exists");
    assertThat(linked)
        .extracting(path -> String.valueOf(path.getFileName()))
        .containsSubsequence(
            "Observe.java",
            "Convert.java",
            "Pin.java",
            "Resolve.java",
            "Longshore.java",
            "OnePushTest.java");
  }

  @Test
  void theyAreShort() throws Exception {
    List<Path> tour = new ArrayList<>();
    Matcher links = Pattern.compile("(?m)^[1-6]\\. \\[`\\w+`\\]\\(([^)]+)\\)").matcher(readme());
    while (links.find()) {
      tour.add(ROOT.resolve(links.group(1)));
    }

    assertThat(tour).hasSize(6);
    assertThat(tour)
        .allSatisfy(
            file -> assertThat(Files.readAllLines(file)).as("%s", file).hasSizeLessThan(151));
  }

  private static String readme() throws IOException {
    return Files.readString(ROOT.resolve("README.md"));
  }

  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("longshore"))) {
      folder = folder.getParent();
    }
    return folder;
  }
}
