package dev.longshore.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.testing.InMemoryCatalogSource;
import dev.longshore.catalog.testing.RecordLog;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.RemovalReason;
import dev.longshore.events.ServedState;
import dev.longshore.events.Topic;
import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.testing.ManualClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What names show, by their places in the topic and by repository. */
class ServedPlacesTest {
  private final ManualClock clock = new ManualClock(Samples.NOW);
  private final RecordLog log = new RecordLog();
  private final Catalog catalog = Catalog.inMemory(clock);
  private final InMemoryCatalogSource source = new InMemoryCatalogSource(log, catalog, clock);

  @AfterEach
  void close() {
    source.close();
    catalog.close();
  }

  private static ServedState name(String repository, String tag, int number) {
    return new ServedState(
        RepositoryName.canonical(repository),
        new Tag(tag),
        Digest.of(new byte[] {(byte) number}),
        null,
        List.of(),
        null,
        RemovalReason.DELETED,
        Samples.NOW);
  }

  @Test
  void whereTheTopicStandsIsKnownOnceItsIdIs() {
    CatalogRecord first = log.put(name("r.test/a", "1", 1));
    source.start();
    assertThat(catalog.served().place()).isEmpty();

    catalog.writer().topicIds(Map.of(Topic.SERVED, "id-1", Topic.TAGS, "id-2"));

    ServedPlace place = catalog.served().place().orElseThrow();
    assertThat(place.topic()).isEqualTo("id-1");
    assertThat(place.offsets()).hasSize(Topic.PARTITIONS);
    for (int i = 0; i < Topic.PARTITIONS; i++) {
      assertThat(place.offsets().get(i)).isEqualTo(i == first.partition() ? 1 : 0);
    }
  }

  @Test
  void eachNameIsFoundAtItsLastPlace() {
    List<CatalogRecord> records = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      records.add(log.put(name("r.test/a", "t" + i % 100, i)));
    }
    source.start();

    for (int partition = 0; partition < Topic.PARTITIONS; partition++) {
      int its = partition;
      List<CatalogRecord> expected =
          records.subList(200, 300).stream().filter(r -> r.partition() == its).toList();
      List<Placed<ServedState>> found = new ArrayList<>();
      List<Placed<ServedState>> page;
      long from = 0;
      do {
        page = catalog.served().since(partition, from, 3);
        found.addAll(page);
        from = page.isEmpty() ? from : page.getLast().offset() + 1;
      } while (!page.isEmpty());

      assertThat(found).extracting(Placed::state).isEqualTo(values(expected));
      assertThat(found)
          .extracting(Placed::offset)
          .isEqualTo(expected.stream().map(CatalogRecord::offset).toList());
      assertThat(found).extracting(Placed::partition).containsOnly(its);
    }
  }

  private static List<?> values(List<CatalogRecord> records) {
    return records.stream().map(CatalogRecord::value).toList();
  }

  @Test
  void namesOfARepositoryAreThoseOfNoOther() {
    RepositoryName a = RepositoryName.canonical("r.test/a");
    for (String repository : List.of("r.test/a", "r.test/a-b", "r.test/a/b", "r.test/ab")) {
      for (int i = 0; i < 5; i++) {
        log.put(name(repository, "t" + i, i));
      }
    }
    source.start();

    List<Placed<ServedState>> first = catalog.served().ofRepository(a, null, 3);
    List<Placed<ServedState>> rest =
        catalog.served().ofRepository(a, first.getLast().state().key(), 3);

    assertThat(first).hasSize(3).allMatch(placed -> placed.state().name().equals(a));
    assertThat(rest).hasSize(2).allMatch(placed -> placed.state().name().equals(a));
    assertThat(catalog.served().page(ServedStates.endOf(a), 1).getFirst().state().name())
        .isEqualTo(RepositoryName.canonical("r.test/ab"));
    assertThat(catalog.served().page(null, 100)).hasSize(20);
  }
}
