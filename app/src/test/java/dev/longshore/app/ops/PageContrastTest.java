package dev.longshore.app.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Contrast of the page's colours by WCAG 2.2, level AA: 4.5 for text, of whatever size, and 3 for
 * what shows where a field is and where the keyboard is.
 */
class PageContrastTest {
  private static final double TEXT = 4.5;
  private static final double CONTROL = 3;

  /** What any text may stand on. */
  private static final Set<String> SURFACES =
      Set.of("paper", "sheet", "faint", "ok-sheet", "warn-sheet", "bad-sheet");

  /** What text of a colour of its own stands on: buttons, and the part of a meter that is full. */
  private static final Map<String, List<String>> FILLS =
      Map.of("sheet", List.of("accent", "bad"), "ink", List.of("bar", "bar-warn"));

  private static String sheet;
  private static Map<String, String> light;
  private static Map<String, String> dark;

  @BeforeAll
  static void read() throws Exception {
    try (InputStream in = PageFiles.class.getResourceAsStream("/ops/style.css")) {
      sheet = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
    List<String> roots = all(":root \\{(.*?)\\}");
    assertThat(roots).hasSize(2);
    light = colours(roots.get(0));
    dark = new HashMap<>(light);
    dark.putAll(colours(roots.get(1)));
  }

  @Test
  void textIsReadableInTheLightAndInTheDark() {
    List<String> faint = new ArrayList<>();
    for (String text : used("color")) {
      List<String> behind = new ArrayList<>(FILLS.getOrDefault(text, List.of()));
      if (!text.equals("sheet")) {
        behind.addAll(SURFACES);
      }
      behind.forEach(under -> tooFaint(text, under, TEXT, faint));
    }
    assertThat(faint).isEmpty();
  }

  @Test
  void fieldsAndTheFocusAreSeenInTheLightAndInTheDark() {
    List<String> faint = new ArrayList<>();
    for (String edge : List.of("edge", "accent")) {
      for (String under : List.of("paper", "sheet")) {
        tooFaint(edge, under, CONTROL, faint);
      }
    }
    assertThat(faint).isEmpty();
    assertThat(sheet)
        .containsPattern("\ninput \\{[^}]*border: 1px solid var\\(--edge\\)")
        .containsPattern("\n:focus-visible \\{ outline: 2px solid var\\(--accent\\)");
  }

  @Test
  void everyColourIsOneOfThese() {
    assertThat(all("[ ;{]color: ([^;]+);"))
        .allMatch(value -> value.equals("inherit") || value.matches("var\\(--[a-z-]+\\)"));
    Set<String> under = new TreeSet<>(SURFACES);
    FILLS.values().forEach(under::addAll);
    assertThat(used("background")).isSubsetOf(under);
  }

  private static Set<String> used(String property) {
    return new TreeSet<>(all("[ ;{]" + property + ": var\\(--([a-z-]+)\\)"));
  }

  private static List<String> all(String pattern) {
    return Pattern.compile(pattern, Pattern.DOTALL)
        .matcher(sheet)
        .results()
        .map(found -> found.group(1))
        .toList();
  }

  private static Map<String, String> colours(String root) {
    Map<String, String> colours = new HashMap<>();
    Pattern.compile("--([a-z-]+): #([0-9a-f]{6});")
        .matcher(root)
        .results()
        .forEach(found -> colours.put(found.group(1), found.group(2)));
    return colours;
  }

  private static void tooFaint(String over, String under, double least, List<String> faint) {
    tooFaint("light", light, over, under, least, faint);
    tooFaint("dark", dark, over, under, least, faint);
  }

  private static void tooFaint(
      String scheme,
      Map<String, String> colours,
      String over,
      String under,
      double least,
      List<String> faint) {
    double one = luminance(colours.get(over));
    double other = luminance(colours.get(under));
    double ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (ratio < least) {
      faint.add(String.format(Locale.ROOT, "%s: %s on %s %.2f", scheme, over, under, ratio));
    }
  }

  /** Relative luminance, as WCAG defines it. */
  private static double luminance(String colour) {
    int rgb = Integer.parseInt(colour, 16);
    return 0.2126 * linear(rgb >> 16) + 0.7152 * linear(rgb >> 8) + 0.0722 * linear(rgb);
  }

  private static double linear(int channel) {
    double part = (channel & 0xff) / 255.0;
    return part <= 0.04045 ? part / 12.92 : Math.pow((part + 0.055) / 1.055, 2.4);
  }
}
