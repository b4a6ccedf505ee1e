package dev.longshore.resolver.hub;

import static dev.longshore.resolver.hub.RunningHub.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.model.Mode;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.resolver.hub.settings.SiteGroupSettings;
import dev.longshore.resolver.hub.settings.SiteRuleSettings;
import dev.longshore.rules.TagSettings;
import dev.longshore.settings.ConfigException;
import dev.longshore.settings.ConfigLoader;
import dev.longshore.settings.ConfigSources;
import dev.longshore.settings.Setting;
import dev.longshore.sites.Group;
import dev.longshore.sites.Keep;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which rule of a group names what. */
class SiteRulesTest {
  private static final List<String> PATTERNS =
      List.of("**", "r.test/**", "r.test/a/*", "r.test/a/web", "r.test/*/db", "other.test/**");
  private static final List<String> REPOSITORIES =
      List.of("r.test/a/web", "r.test/a/db", "r.test/b/db", "r.test/c", "other.test/x");
  private static final List<String> TAGS = List.of("1.0.0", "1.2.0", "2.0.0", "dev-1", "latest");

  /** Sections as a configuration has them. */
  record Sections(@Setting(value = "[]", doc = "groups") List<SiteGroupSettings> groups) {}

  @TempDir Path folder;

  @Test
  void theFirstThatMatchesRepositoryAndTagCounts() {
    long seed = new Random().nextLong();
    for (int i = 0; i < 500; i++) {
      Random random = new Random(seed + i);
      List<SiteRuleSettings> rules = new ArrayList<>();
      for (int n = random.nextInt(6); n > 0; n--) {
        rules.add(random(random));
      }
      RepositoryName name = RepositoryName.canonical(one(REPOSITORIES, random));
      Tag tag = new Tag(one(TAGS, random));

      Optional<SiteRuleSettings> naive = Optional.empty();
      for (SiteRuleSettings rule : rules) {
        if (naive.isEmpty() && matches(rule, name.toString(), tag.text())) {
          naive = Optional.of(rule);
        }
      }

      SiteRules compiled = new SiteRules(rules);
      assertThat(compiled.of(name, tag)).as("seed %d", seed + i).isEqualTo(naive);
      assertThat(compiled.of(name, null)).isEmpty();
      assertThat(naive.isPresent() && !compiled.mayName(name)).as("seed %d", seed + i).isFalse();
      assertThat(new SiteRules(List.copyOf(rules)).hash()).isEqualTo(compiled.hash());
    }
  }

  private static SiteRuleSettings random(Random random) {
    TagSettings tags =
        switch (random.nextInt(4)) {
          case 0 -> new TagSettings(List.of("1.*"), List.of(), null);
          case 1 -> new TagSettings(List.of(), List.of("dev-*"), null);
          case 2 -> new TagSettings(List.of(), List.of(), ">=1.1");
          default -> TagSettings.ALL;
        };
    return rule(one(PATTERNS, random), tags, random.nextBoolean() ? null : 3);
  }

  private static boolean matches(SiteRuleSettings rule, String name, String tag) {
    boolean repository =
        switch (rule.repositories().getFirst()) {
          case "**" -> true;
          case "r.test/**" -> name.startsWith("r.test/");
          case "r.test/a/*" -> name.startsWith("r.test/a/");
          case "r.test/*/db" -> name.matches("r.test/[^/]+/db");
          case "other.test/**" -> name.startsWith("other.test/");
          default -> name.equals(rule.repositories().getFirst());
        };
    boolean allowed = rule.tags().allow().isEmpty() || tag.startsWith("1.");
    boolean denied = !rule.tags().deny().isEmpty() && tag.startsWith("dev-");
    boolean version = rule.tags().semver() == null || tag.matches("1\\.2\\.0|2\\.0\\.0");
    return repository && allowed && !denied && version;
  }

  private static <T> T one(List<T> all, Random random) {
    return all.get(random.nextInt(all.size()));
  }

  @Test
  void whatARuleSaysChangesTheHash() {
    List<List<SiteRuleSettings>> different =
        List.of(
            List.of(),
            List.of(rule("r.test/**")),
            List.of(rule("r.test/*")),
            List.of(rule("r.test/**", TagSettings.ALL, 3)),
            List.of(rule("r.test/**", TagSettings.ALL, 4)),
            List.of(rule("r.test/**", TagSettings.ALL, null, Mode.PLAIN)),
            List.of(rule("r.test/**"), rule("r.test/*")),
            List.of(rule("r.test/*"), rule("r.test/**")));

    assertThat(different.stream().map(rules -> new SiteRules(rules).hash()).distinct())
        .hasSize(different.size())
        .allMatch(hash -> hash.length() == SiteRules.HASH);
  }

  private Sections read(String yaml) throws Exception {
    Path file = Files.writeString(folder.resolve("c.yaml"), yaml);
    return new ConfigLoader<>(Sections.class)
        .load(new ConfigSources(file, Map.of(), List.of()))
        .settings();
  }

  @Test
  void aGroupIsReadFromTheConfiguration() throws Exception {
    SiteGroupSettings group =
        read("""
        groups:
        - name: shops
          rules:
          - repositories: ["r.test/shop/**"]
            tags: {deny: [dev-*]}
            newest: 3
            modes: [estargz]
            keep: any-node
            priority: 5
            max-age: 7d
            platforms: [linux/arm64, linux/arm/v7]
          line: {bytes-per-second: 250KB, windows: ["22:00-06:00"], zone: Europe/Berlin}
        """)
            .groups()
            .getFirst();

    assertThat(group.rules())
        .containsExactly(
            new SiteRuleSettings(
                List.of("r.test/shop/**"),
                new TagSettings(List.of(), List.of("dev-*"), null),
                3,
                List.of(Mode.ESTARGZ),
                Keep.ANY_NODE,
                5,
                Duration.ofDays(7),
                List.of("linux/arm64", "linux/arm/v7")));
    assertThat(SiteGroup.of(group).line())
        .isEqualTo(
            new Group(
                "shops",
                250_000L,
                List.of("22:00-06:00"),
                "Europe/Berlin",
                false,
                null,
                null,
                List.of("r.test/shop/**")));
  }

  @Test
  void patternsThatWouldFillAThinLineAreNotToldToSites() {
    List<SiteRuleSettings> rules =
        IntStream.range(0, 20)
            .mapToObj(i -> RunningHub.rule("registry.test/" + "x".repeat(35) + i + "/**"))
            .toList();

    assertThat(new SiteRules(rules.subList(0, 18)).repositories()).hasSize(18);
    assertThat(new SiteRules(rules).repositories()).isEmpty();
  }

  @Test
  void whatMakesNoSenseIsRefusedWithItsKey() {
    for (Map.Entry<String, String> wrong :
        Map.of(
                "{name: Shops}", "name",
                "{name: s, rules: [{newest: 0}]}", "newest",
                "{name: s, rules: [{newest: 1001}]}", "newest",
                "{name: s, rules: [{repositories: []}]}", "repositories",
                "{name: s, rules: [{repositories: [\"a//b\"]}]}", "repositories",
                "{name: s, lag-target: 0s}", "lag-target",
                "{name: s, line: {windows: [\"22-06\"]}}", "windows",
                "{name: s, line: {zone: Nowhere/Else}}", "zone",
                "{name: s, line: {bytes-per-second: 0}}", "bytes-per-second")
            .entrySet()) {
      assertThatThrownBy(() -> read("groups:\n- " + wrong.getKey() + "\n"))
          .as(wrong.getKey())
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining(wrong.getValue());
    }
  }
}
