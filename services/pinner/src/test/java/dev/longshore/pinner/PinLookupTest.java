package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.events.Evidence;
import dev.longshore.events.ImageState;
import dev.longshore.events.Origin;
import dev.longshore.events.PinState;
import dev.longshore.events.State;
import dev.longshore.events.TagState;
import dev.longshore.events.Topic;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.Mode;
import dev.longshore.model.ModeName;
import dev.longshore.model.PeerName;
import dev.longshore.model.Recipe;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.RootCid;
import dev.longshore.model.Tag;
import dev.longshore.rules.PlacementSettings;
import dev.longshore.rules.RuleSettings;
import dev.longshore.rules.Rules;
import dev.longshore.rules.SuffixSettings;
import dev.longshore.rules.TagSettings;
import dev.longshore.testing.ManualClock;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which names and copies stand in one answer, of a source that is plain here and secret there. */
class PinLookupTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final String SOURCE = "sha256:" + "0".repeat(64);
  private static final String OTHER_SOURCE = "sha256:" + "f".repeat(64);
  private static final String PLAIN = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku";
  private static final String ENCRYPTED =
      "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";
  private static final List<RuleSettings> RULES =
      List.of(
          rule("*/secret", Mode.ENCRYPTED),
          rule("*/both", Mode.PLAIN, Mode.ENCRYPTED),
          rule("*/open", Mode.PLAIN));

  private final Catalog catalog = Catalog.inMemory(new ManualClock(NOON));
  private long offset;

  @BeforeEach
  void images() {
    image("plain", "open", PLAIN);
    name("open", "v1");
    name("open", null);
  }

  @Test
  void aSecretRepositoryTellsOfEncryptedCopiesAlone() {
    image("encrypted", "secret", ENCRYPTED);
    name("secret", "v1");
    name("secret", null);
    image("plain", "both", PLAIN);
    name("both", "v1");
    PinLookup lookup = lookup(RULES, false);

    assertThat(dags(lookup, "secret:v1")).containsExactly(ENCRYPTED);
    assertThat(dags(lookup, "secret@" + SOURCE)).isEmpty();
    assertThat(dags(lookup, "both:v1")).containsExactly(PLAIN);
    assertThat(dags(lookup, "open@" + SOURCE)).containsExactly(PLAIN);
    assertThat(names(lookup, ENCRYPTED)).containsExactly("secret:v1");
    assertThat(names(lookup, PLAIN)).noneMatch(name -> name.startsWith("secret"));
  }

  @Test
  void oneMadeForAnOpenRepositoryIsNotTiedToItWhereAnotherKeepsTheSourceSecret() {
    image("plain", "both", PLAIN);
    image("encrypted", "both", ENCRYPTED);
    name("both", "v1");
    assertThat(dags(lookup(RULES, false), "both:v1")).containsExactlyInAnyOrder(PLAIN, ENCRYPTED);

    name("secret", "v1");

    assertThat(dags(lookup(RULES, false), "both:v1")).containsExactly(PLAIN);
    assertThat(names(lookup(RULES, false), ENCRYPTED)).isEmpty();
  }

  @Test
  void anImageThatTwoSourcesBecameHasTheNamesOfBoth() {
    learn(madeOf(OTHER_SOURCE, "plain", "open", PLAIN));
    learn(named("open", "v2", OTHER_SOURCE));

    assertThat(names(lookup(RULES, true), PLAIN))
        .containsExactlyInAnyOrder("open:v1", "open@" + SOURCE, "open:v2");
    assertThat(names(lookup(RULES, false), PLAIN)).contains("open:v1", "open:v2");
  }

  @Test
  void withoutRulesNoNameLeadsToAnEncryptedImage() {
    image("encrypted", "open", ENCRYPTED);

    assertThat(dags(lookup(List.of(), false), "open:v1")).containsExactly(PLAIN);
    assertThat(names(lookup(List.of(), false), ENCRYPTED)).isEmpty();
  }

  @Test
  void whoShowsTheCredentialIsToldOfAll() {
    image("encrypted", "open", ENCRYPTED);
    image("encrypted", "secret", ENCRYPTED);
    name("secret", "v1");

    assertThat(dags(lookup(RULES, true), "open:v1")).containsExactlyInAnyOrder(PLAIN, ENCRYPTED);
    assertThat(names(lookup(RULES, true), ENCRYPTED)).contains("open:v1", "secret:v1");
  }

  private PinLookup lookup(List<RuleSettings> rules, boolean trusted) {
    return new PinLookup(catalog, () -> new Rules(rules), trusted);
  }

  private static List<String> dags(PinLookup lookup, String name) {
    return lookup.byName("registry.test/" + name).stream().map(pin -> pin.pin().key()).toList();
  }

  private static List<String> names(PinLookup lookup, String dag) {
    return lookup.namesOf(lookup.byDag(ImageDag.stored(dag)).orElseThrow().pin()).stream()
        .map(name -> name.key().substring("registry.test/".length()))
        .toList();
  }

  private void image(String mode, String repository, String dag) {
    learn(madeOf(SOURCE, mode, repository, dag));
    learn(new PinState(ImageDag.stored(dag), 3, List.of(), new PeerName("ingest"), true, NOON));
  }

  private static ImageState madeOf(String source, String mode, String repository, String dag) {
    return new ImageState(
            Digest.stored(source),
            new Recipe(mode),
            new ModeName(mode),
            "application/vnd.oci.image.manifest.v1+json",
            ImageDag.stored(dag),
            RootCid.stored(dag),
            Cid.stored(dag),
            List.of(),
            1,
            1,
            List.of(),
            new PeerName("ingest"),
            RepositoryName.stored("registry.test", repository),
            NOON)
        .shownBy(Evidence.READ);
  }

  private void name(String repository, @Nullable String tag) {
    learn(named(repository, tag, SOURCE));
  }

  private static TagState named(String repository, @Nullable String tag, String digest) {
    return new TagState(
        RepositoryName.stored("registry.test", repository),
        tag == null ? null : new Tag(tag),
        Digest.stored(digest),
        "application/vnd.oci.image.manifest.v1+json",
        1,
        List.of(),
        false,
        Origin.WEBHOOK,
        NOON,
        NOON);
  }

  private void learn(State state) {
    catalog
        .writer()
        .apply(List.of(new CatalogRecord(Topic.of(state), 0, offset++, NOON, state.key(), state)));
  }

  private static RuleSettings rule(String match, Mode... modes) {
    return new RuleSettings(
        match,
        List.of(modes),
        List.of(),
        3,
        1,
        PlacementSettings.ANYWHERE,
        null,
        TagSettings.ALL,
        SuffixSettings.DEFAULT,
        List.of("jwe:/keys/public.pem"),
        List.of(),
        List.of(),
        null,
        null);
  }
}
