package dev.longshore.app.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.testing.RecordLog;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.Evidence;
import dev.longshore.events.ImageState;
import dev.longshore.events.State;
import dev.longshore.model.Reference;
import dev.longshore.testing.ManualClock;
import java.util.List;
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

  private Found found(String name) {
    return lookup.byName(name, Reference.parse(Samples.REGISTRY + "/" + name));
  }

  private void put(State... states) {
    for (State state : states) {
      catalog.writer().apply(List.of(log.put(state)));
    }
  }
}
