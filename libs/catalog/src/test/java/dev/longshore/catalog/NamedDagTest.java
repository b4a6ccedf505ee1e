package dev.longshore.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.testing.RecordLog;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.State;
import dev.longshore.model.ImageDag;
import dev.longshore.model.Recipe;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is read of many image DAGs at once. */
class NamedDagTest {
  private static final Recipe OTHER = new Recipe("%064x".formatted(0xbeef));
  private final RecordLog log = new RecordLog();
  private final Catalog catalog = Catalog.inMemory(Clock.systemUTC());

  @AfterEach
  void close() {
    catalog.close();
  }

  @Test
  void hasTheNamesOfAllDigestsThatLeadThereNowOrDidBefore() {
    put(
        Samples.image(1),
        Samples.image(2, Samples.recipe(), 1),
        Samples.image(3),
        Samples.tag("now", "v1", 2),
        Samples.tag("before", "v1", 9, 1),
        Samples.tag("before", "v2", 1),
        Samples.deleted(Samples.tag("gone", "v1", 1)),
        Samples.pin(1, 3, 3),
        Samples.pin(3, 3, 3),
        Samples.pin(4, 3, 3));

    Map<ImageDag, NamedDag> named = catalog.conversions().named(catalog.pins().page(null, 10));

    assertThat(named.keySet()).containsExactlyInAnyOrder(Samples.dag(1), Samples.dag(3));
    assertThat(named.get(Samples.dag(1)))
        .isEqualTo(
            new NamedDag(
                Samples.name("library/nginx"),
                1_000_000,
                List.of(Samples.name("before"), Samples.name("now"))));
    assertThat(named.get(Samples.dag(3)).names()).isEmpty();
  }

  @Test
  void theNamesComeInTheOrderInWhichTheyAreFoundForOneImage() {
    put(
        Samples.image(2, Samples.recipe(), 1),
        Samples.image(1, OTHER, 1),
        Samples.tag("b", "v1", 2),
        Samples.tag("a", "v1", 2),
        Samples.tag("0", "v1", 1),
        Samples.pin(1, 3, 3));

    var onePage = catalog.conversions().named(catalog.pins().page(null, 10));
    var oneByOne =
        catalog.conversions().byDag(Samples.dag(1)).stream()
            .flatMap(image -> catalog.tags().withDigest(image.digest()).stream())
            .map(tag -> tag.name())
            .toList();

    assertThat(oneByOne).hasSize(3);
    assertThat(onePage.get(Samples.dag(1)).names()).isEqualTo(oneByOne);
  }

  @Test
  void ofNoImagesNothingIsRead() {
    assertThat(catalog.conversions().named(List.of())).isEmpty();
  }

  private void put(State... states) {
    catalog.writer().apply(Stream.of(states).map(log::put).toList());
  }
}
