package dev.longshore.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.settings.ConfigLoader;
import dev.longshore.settings.ConfigSources;
import dev.longshore.settings.SettingsTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadmeTest {
  private static final Path ROOT = root();

  @TempDir Path folder;

  @Test
  void itsExampleIsAWholeConfigurationWithoutProblems() throws Exception {
    String yaml = between("longshore.yaml").replace("```yaml\n", "").replace("```\n", "");
    Matcher secrets = Pattern.compile("/etc/longshore/([a-z-]+)(?=\\n)").matcher(yaml);
    while (secrets.find()) {
      Files.writeString(folder.resolve(secrets.group(1)), "secret");
    }
    Path file = folder.resolve("longshore.yaml");
    Files.writeString(file, yaml.replace("/etc/longshore", folder.toString()));

    assertThat(
            new ConfigLoader<>(Settings.class).check(new ConfigSources(file, Map.of(), List.of())))
        .isEmpty();
  }

  @Test
  void itsTableHasEverySettingWithDefaultAndUnit() throws Exception {
    assertThat(between("settings").strip()).isEqualTo(SettingsTable.of(Settings.class).strip());
  }

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

  private static String between(String mark) throws IOException {
    String readme = readme();
    String open = "<!-- " + mark + " -->\n";
    int start = readme.indexOf(open) + open.length();
    return readme.substring(start, readme.indexOf("<!-- /" + mark + " -->", start));
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
