package dev.longshore.app.query.find;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.served.Shown;
import dev.longshore.catalog.testing.RecordLog;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.Evidence;
import dev.longshore.events.ImageState;
import dev.longshore.events.State;
import dev.longshore.events.TagState;
import dev.longshore.model.Reference;
import dev.longshore.rules.Rules;
import dev.longshore.testing.ManualClock;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CatalogLookupTest {
  private final Catalog catalog = Catalog.inMemory(new ManualClock(Samples.NOW));
  private final RecordLog log = new RecordLog();
  private final CatalogLookup lookup =
      new CatalogLookup(catalog, new KnownNames(List.of()), List.of());

  @AfterEach
  void close() {
    catalog.close();
  }

  @Test
  void aNameIsNotConvertedByTheConversionForAnotherRepository() {
    ImageState secret = Samples.image(1).shownBy(Evidence.READ);
    put(
        Samples.tag("mallory/x", "v1", 1),
        Samples.tag(secret.name().repository(), "v1", 1),
        secret);

    for (String selected : List.of(":v1", "@" + secret.digest())) {
      assertThat(found(secret.name().repository() + selected).conversions()).hasSize(1);
      Found other = found("mallory/x" + selected);
      assertThat(other.conversions()).isEmpty();
      assertThat(other.known()).isTrue();
    }
  }

  @Test
  void aNameIsBehindUntilItIsRecordedToShowWhatIsVerified() {
    Rules rules = new Rules(List.of());
    ImageState image = Samples.image(1);
    String app = image.name().repository();
    TagState name = Samples.tag(app, "v1", 1);
    put(name, image);
    assertThat(found(app + ":v1").shows()).isEqualTo(Shows.NOTHING);

    put(Samples.pin(1, 3, 3));
    assertThat(found(app + ":v1").shows()).isEqualTo(new Shows(null, true));

    Shown shown = new Shown(catalog, rules);
    put(shown.of(name, Optional.empty(), () -> Samples.NOW).orElseThrow());
    Found now = found(app + ":v1");
    assertThat(now.shows().behind()).isFalse();
    assertThat(now.shows().lines(now.digest())).containsExactly("plain since " + Samples.NOW);

    put(Samples.tag(app, "v1", 2, 1));
    Found next = found(app + ":v1");
    assertThat(next.shows().behind()).isFalse();
    assertThat(next.shows().lines(next.digest()))
        .singleElement()
        .asString()
        .startsWith("plain since " + Samples.NOW + ", of an earlier version: sha256:0");
  }

  private Found found(String name) {
    return lookup.byName(name, Reference.parse(Samples.REGISTRY + "/" + name));
  }

  private void put(State... states) {
    for (State state : states) {
      catalog.writer().apply(List.of(log.put(state)));
    }
  }
}
