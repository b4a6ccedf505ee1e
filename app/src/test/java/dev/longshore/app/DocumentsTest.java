package dev.longshore.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.app.settings.Settings;
import dev.longshore.app.settings.SettingsPage;
import dev.longshore.settings.ConfigLoader;
import dev.longshore.settings.ConfigSources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The documents lead where they say, and stay short enough to be read. */
class DocumentsTest {
  private static final Path ROOT = root();
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern CODE = Pattern.compile("(?s)```.*?```|`[^`\n]*`");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");

  /** What one reads to the end before the first try. */
  private static final long README_BYTES = 12 * 1024;

  /** A page; notes and figures go to docs/knowledge. */
  private static final long DECISION_BYTES = 4 * 1024;

  @Test
  void everyLinkLeadsToAFileAndItsSection() throws Exception {
    List<String> broken = new ArrayList<>();
    for (Path document : documents()) {
      Matcher link = LINK.matcher(CODE.matcher(Files.readString(document)).replaceAll("code"));
      while (link.find()) {
        if (!link.group(1).contains("://") && !leads(document, link.group(1))) {
          broken.add(ROOT.relativize(document) + ": " + link.group(1));
        }
      }
    }

    assertThat(broken).isEmpty();
  }

  @Test
  void theReadmeIsShort() throws Exception {
    assertThat(Files.size(ROOT.resolve("README.md"))).isLessThanOrEqualTo(README_BYTES);
  }

  @Test
  void aDecisionHasOnePage() throws Exception {
    assertThat(pages("docs/adr"))
        .allSatisfy(page -> assertThat(Files.size(page)).isLessThanOrEqualTo(DECISION_BYTES));
  }

  @Test
  void theListsHaveEveryDecisionAndEveryNote() throws Exception {
    for (String folder : List.of("docs/adr", "docs/knowledge")) {
      String list = Files.readString(ROOT.resolve(folder).resolve("README.md"));

      assertThat(pages(folder))
          .allSatisfy(page -> assertThat(list).contains("](" + page.getFileName() + ")"));
    }
  }

  /** {@code ./longshore config table > docs/settings.md} writes it. */
  @Test
  void theSettingsPageIsThatOfThisVersion() throws Exception {
    assertThat(Files.readString(ROOT.resolve("docs/settings.md"))).isEqualTo(SettingsPage.text());
  }

  @Test
  void theExampleIsAWholeConfigurationWithoutProblems(@TempDir Path folder) throws Exception {
    String text = Files.readString(ROOT.resolve("docs/configuration.md"));
    String yaml = text.substring(text.indexOf("```yaml\n") + 8, text.indexOf("\n```\n"));
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

  private static boolean leads(Path document, String link) throws IOException {
    String[] parts = link.split("#", 2);
    Path target =
        parts[0].isEmpty() ? document : document.resolveSibling(parts[0]).toAbsolutePath();
    return Files.exists(target)
        && (parts.length == 1 || anchors(Files.readString(target)).contains(parts[1]));
  }

  /** As GitHub makes them of headings. */
  private static List<String> anchors(String text) {
    return HEADING
        .matcher(text)
        .results()
        .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
        .map(title -> title.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .toList();
  }

  private static List<Path> documents() throws IOException {
    List<Path> documents = new ArrayList<>(markdown(ROOT, 1));
    for (String folder : List.of("docs", "deploy")) {
      documents.addAll(markdown(ROOT.resolve(folder), Integer.MAX_VALUE));
    }
    return documents;
  }

  private static List<Path> pages(String folder) throws IOException {
    return markdown(ROOT.resolve(folder), 1).stream()
        .filter(page -> !page.endsWith("README.md"))
        .toList();
  }

  private static List<Path> markdown(Path folder, int depth) throws IOException {
    try (Stream<Path> files = Files.walk(folder, depth)) {
      return files.filter(file -> file.toString().endsWith(".md")).sorted().toList();
    }
  }

  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("longshore"))) {
      folder = folder.getParent();
    }
    return folder;
  }
}
