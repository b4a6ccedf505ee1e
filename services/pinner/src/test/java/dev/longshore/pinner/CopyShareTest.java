package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.Converted;
import dev.longshore.events.Event;
import dev.longshore.events.Origin;
import dev.longshore.events.TagState;
import dev.longshore.events.Topic;
import dev.longshore.model.Mode;
import dev.longshore.model.ModeName;
import dev.longshore.model.PeerName;
import dev.longshore.model.Tag;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.kafka.step.Message;
import dev.longshore.runtime.service.turns.FairShare;
import dev.longshore.testing.ManualClock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whose turns the copies of an image take at the peers. */
class CopyShareTest {
  private final ManualClock clock = new ManualClock(Samples.NOW);
  private final Catalog catalog = Catalog.inMemory(clock);
  private final WantedCopies orders =
      new WantedCopies(
          catalog,
          new Rules(List.of()),
          new Peers(List.of()),
          new PeerDecisions(catalog.decisions()),
          () -> false,
          clock);

  @AfterEach
  void close() {
    catalog.close();
  }

  @Test
  void thatOfTheRepositoryWhenItWasPushed() {
    named(Origin.WEBHOOK);

    assertThat(orders.share(message(converted())))
        .isEqualTo(new FairShare("localhost:5055/library/nginx"));
  }

  @Test
  void thatOfBackfillWhenItWasThereBefore() {
    named(Origin.BACKFILL);

    assertThat(orders.share(message(converted()))).isEqualTo(FairShare.BACKFILL);
  }

  @Test
  void thatOfUpkeepWhenNobodyPushed() {
    assertThat(orders.share(message(null))).isEqualTo(FairShare.UPKEEP);
  }

  private void named(Origin origin) {
    TagState tag =
        new TagState(
            Samples.name("library/nginx"),
            new Tag("1"),
            Samples.digest(1),
            "m",
            1,
            List.of(),
            false,
            origin,
            Samples.NOW,
            Samples.NOW);
    catalog
        .writer()
        .apply(List.of(new CatalogRecord(Topic.TAGS, 0, 0, Samples.NOW, tag.key(), tag)));
  }

  private static Converted converted() {
    return new Converted(
        Samples.dag(1),
        Samples.root(1),
        Samples.digest(1),
        Samples.recipe(),
        ModeName.of(Mode.PLAIN),
        Samples.name("library/nginx"),
        new Tag("1"),
        new PeerName("site-a"),
        1,
        3,
        Samples.NOW);
  }

  private static Message message(@Nullable Event body) {
    return new Message(Topic.CONVERTED, 0, 0, Samples.dag(1).toString(), "id", Samples.NOW, body);
  }
}
