package dev.longshore.app.sites;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.catalog.ServedPlace;
import dev.longshore.catalog.testing.InMemoryCatalogSource;
import dev.longshore.catalog.testing.RecordLog;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.AbsenceReason;
import dev.longshore.events.ServedState;
import dev.longshore.events.SiteState;
import dev.longshore.events.SiteState.Absence;
import dev.longshore.events.SiteState.Amount;
import dev.longshore.events.Topic;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.ModeName;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.SiteName;
import dev.longshore.model.Tag;
import dev.longshore.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ArrivalsTest {
  private static final Instant NOW = Samples.NOW;
  private static final SiteName SITE = new SiteName("site-1");

  private final ManualClock clock = new ManualClock(NOW);
  private final RecordLog log = new RecordLog();
  private final Catalog catalog = Catalog.inMemory(clock);
  private final InMemoryCatalogSource source = new InMemoryCatalogSource(log, catalog, clock);
  private final List<String> told = new ArrayList<>();
  private final Long[] offsets = new Long[Topic.PARTITIONS];
  private final Arrivals arrivals =
      new Arrivals(catalog, this::place, NOW, arrival -> told.add(arrival.line()));
  private long sequence;

  @BeforeEach
  void start() {
    Arrays.fill(offsets, 0L);
    source.start();
  }

  @AfterEach
  void close() {
    source.close();
    catalog.close();
  }

  private Optional<ServedPlace> place(String cursor) {
    return cursor.isEmpty() ? Optional.empty() : Optional.of(new ServedPlace(cursor, known));
  }

  private List<Long> known = List.of();

  /** A tag shows the image, pushed when the clock began. */
  private ServedState push(String tag, int image) {
    byte[] content = {(byte) image};
    Digest digest = Digest.of(content);
    ImageDag dag = Samples.dag(image);
    ServedState state =
        new ServedState(
            RepositoryName.canonical("r.test/team/app"),
            new Tag(tag),
            digest,
            null,
            List.of(
                new ServedState.Result(
                    new ModeName("plain"),
                    digest,
                    digest,
                    dag,
                    Samples.root(image),
                    1_000,
                    NOW,
                    NOW,
                    null,
                    NOW)),
            dag,
            null,
            NOW);
    CatalogRecord record = log.put(state);
    source.follow();
    offsets[record.partition()] = record.offset() + 1;
    return state;
  }

  private void report(Instant joined, long behind, long lineBytes, Absence... lacks) {
    known = List.of(offsets);
    clock.advance(Duration.ofSeconds(1));
    SiteState report =
        new SiteState(
            SITE,
            "main",
            "hub",
            joined,
            ++sequence,
            "1",
            "topic",
            clock.instant(),
            clock.instant(),
            new Amount(1, 1),
            new Amount(behind, behind),
            null,
            lineBytes,
            1,
            1,
            List.of(),
            List.of(lacks),
            null,
            null);
    arrivals.know(Map.of(report.key(), report));
  }

  @Test
  void tellsOfEachImageOnceItIsWholeWithWhatCameOverTheLine() {
    report(NOW, 0, 100);
    push("1.0", 1);
    report(NOW, 1, 500_000);
    assertThat(told).isEmpty();
    report(NOW, 0, 900_100);
    assertThat(told).containsExactly("team/app:1.0 at site-1 after 3.0 s, 900.1 kB over the line");

    push("1.1", 2);
    report(NOW, 0, 1_800_100);
    report(NOW, 0, 1_800_200);
    assertThat(told.subList(1, told.size()))
        .containsExactly("team/app:1.1 at site-1 after 4.0 s, 900.0 kB over the line");
  }

  @Test
  void oneThatIsLackedHidesNoOther() {
    report(NOW, 0, 0);
    ServedState lacked = push("1.0", 1);
    push("1.1", 2);
    report(NOW, 1, 10, new Absence(lacked.key(), AbsenceReason.FAILED, "away", null));

    assertThat(told).singleElement().asString().startsWith("team/app:1.1 at site-1");
    report(NOW, 0, 20);
    assertThat(told).hasSize(2).last().asString().startsWith("team/app:1.0 at site-1");
  }

  @Test
  void whatASiteHadBeforeIsNotToldUnlessItJoinsNow() {
    push("1.0", 1);
    report(NOW.minusSeconds(60), 0, 5_000);
    assertThat(told).isEmpty();

    push("1.0", 1);
    report(NOW.minusSeconds(60), 0, 5_000);
    assertThat(told).as("the same image, written again").isEmpty();

    push("1.1", 2);
    report(NOW.minusSeconds(60), 0, 5_010);
    assertThat(told).singleElement().asString().contains("1.1", "10 B over the line");
  }

  @Test
  void aLateOrRepeatedReportCountsForNothing() {
    report(NOW, 0, 0);
    push("1.0", 1);
    sequence = 0;
    report(NOW, 0, 10);

    assertThat(told).isEmpty();
  }
}
