package dev.longshore.catalog;

import static dev.longshore.catalog.testing.Samples.REGISTRY;
import static dev.longshore.catalog.testing.Samples.blob;
import static dev.longshore.catalog.testing.Samples.dag;
import static dev.longshore.catalog.testing.Samples.deleted;
import static dev.longshore.catalog.testing.Samples.digest;
import static dev.longshore.catalog.testing.Samples.image;
import static dev.longshore.catalog.testing.Samples.name;
import static dev.longshore.catalog.testing.Samples.ofFirstRelease;
import static dev.longshore.catalog.testing.Samples.pin;
import static dev.longshore.catalog.testing.Samples.recipe;
import static dev.longshore.catalog.testing.Samples.root;
import static dev.longshore.catalog.testing.Samples.tag;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.catalog.testing.RecordLog;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.Evidence;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinState;
import dev.longshore.events.State;
import dev.longshore.events.TagState;
import dev.longshore.events.Topic;
import dev.longshore.model.ImageDag;
import dev.longshore.model.Mode;
import dev.longshore.model.Recipe;
import dev.longshore.model.RootCid;
import dev.longshore.model.Tag;
import dev.longshore.testing.ManualClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CatalogTest {
  private final RecordLog log = new RecordLog();
  private final Catalog catalog = Catalog.inMemory(new ManualClock(Samples.NOW));

  @AfterEach
  void close() {
    catalog.close();
  }

  @Test
  void anImageIsForTheRepositoriesThatHaveARecordOfIt() {
    ImageState read = image(1).shownBy(Evidence.READ);
    ImageState asked = read.alsoFor(name("b"), read.convertedAt());
    put(tag("b", "v1", 1), tag("c", "v1", 1), read, asked, pin(1, 1, 1));

    assertThat(catalog.conversions().forRepository(name("b"), digest(1))).containsExactly(asked);
    assertThat(catalog.conversions().forRepository(name("c"), digest(1))).isEmpty();
    assertThat(catalog.conversions().heldByDag(name("b"), dag(1))).containsExactly(asked);
    assertThat(catalog.conversions().heldByDag(name("c"), dag(1))).isEmpty();
    assertThat(catalog.repositories().images(name("b")).flatMap(List::stream)).hasSize(1);
    assertThat(catalog.repositories().images(name("c")).flatMap(List::stream)).isEmpty();
    assertThat(catalog.conversions().of(digest(1), recipe(), name("b"))).contains(asked);
    assertThat(catalog.conversions().of(digest(1), recipe(), name("c"))).isEmpty();
  }

  @Test
  void anImageOfManyRepositoriesIsOneConversion() {
    ImageState read = image(1).shownBy(Evidence.READ);
    put(read, read.alsoFor(name("b"), read.convertedAt()));

    assertThat(catalog.conversions().ofDigest(digest(1))).containsExactly(read);
    assertThat(catalog.conversions().byDag(dag(1))).containsExactly(read);
    assertThat(catalog.totals().images()).isEqualTo(1);
    assertThat(catalog.totalsByMode()).singleElement().returns(1L, Totals.OfMode::images);
  }

  @Test
  void itIsKnownWhetherAnImageIsThereInAMode() {
    assertThat(catalog.conversions().hasAny(Mode.PLAIN)).isFalse();
    put(image(1));
    assertThat(catalog.conversions().hasAny(Mode.PLAIN)).isTrue();
    assertThat(catalog.conversions().hasAny(Mode.ENCRYPTED)).isFalse();
  }

  @Test
  void aRecordOfTheFirstReleaseIsForTheRepositoryThatItNamesUntilThatHasItsOwn() {
    ImageState first = ofFirstRelease(1, recipe(), 1);
    String here = first.name().repository();
    ImageState lacking = image(1, new Recipe("9".repeat(64)), 2);
    put(tag(here, "v1", 1), tag("b", "v1", 1), first, pin(1, 1, 1), pin(2, 1, 1));

    assertThat(catalog.conversions().forRepository(name("b"), digest(1))).isEmpty();
    assertThat(catalog.repositories().images(name("b")).flatMap(List::stream)).isEmpty();
    assertThat(catalog.conversions().forRepository(name(here), digest(1))).containsExactly(first);
    assertThat(catalog.repositories().images(name(here)).flatMap(List::stream)).hasSize(1);
    assertThat(catalog.conversions().of(digest(1), recipe(), name(here))).as("as shown").isEmpty();

    put(lacking);

    assertThat(catalog.conversions().forRepository(name(here), digest(1))).containsExactly(lacking);
    assertThat(catalog.conversions().heldByDag(name(here), dag(1))).isEmpty();
  }

  @Test
  void recordsOfTheFirstReleaseHaveAllNamesLookedAtAgainOnce() {
    put(ofFirstRelease(1, recipe(), 1));
    catalog.writer().complete(Samples.NOW);
    Optional<Long> look = catalog.rebuildUnknownTo("converter");
    assertThat(look).isPresent();

    catalog.noteRebuild("converter", look.orElseThrow());
    catalog.writer().complete(Samples.NOW);

    assertThat(catalog.rebuildUnknownTo("converter")).isEmpty();
  }

  @Test
  void aFirstReadingWithoutThemHasNothingLookedAtAgain() {
    put(image(1));
    catalog.writer().complete(Samples.NOW);

    assertThat(catalog.rebuildUnknownTo("converter")).isEmpty();
  }

  @Test
  void severalThatReadTheSameMakeOneConversion() {
    ImageState read = image(1).shownBy(Evidence.READ);
    put(read, read.alsoFor(name("b"), Samples.NOW).shownBy(Evidence.READ));

    assertThat(catalog.totals().images()).isEqualTo(1);
    assertThat(catalog.totals().bytes()).isEqualTo(read.bytes());
    assertThat(catalog.totalsByMode()).singleElement().returns(1L, Totals.OfMode::images);
    assertThat(catalog.conversions().ofDigest(digest(1))).containsExactly(read);
    assertThat(catalog.conversions().byDag(dag(1))).containsExactly(read);
  }

  @Test
  void everyStateIsFoundByItsKeyAsItWasWritten() {
    put(tag("library/nginx", "1", 1, 2, 3), image(1), blob(7), pin(1, 3, 2));

    assertThat(catalog.tags().byKey(REGISTRY + "/library/nginx:1"))
        .contains(tag("library/nginx", "1", 1, 2, 3));
    assertThat(catalog.conversions().of(digest(1), recipe(), name("library/nginx")))
        .contains(image(1));
    assertThat(catalog.conversions().blob(digest(7), "none")).contains(blob(7));
    assertThat(catalog.pins().of(dag(1))).contains(pin(1, 3, 2));
    assertThat(catalog.tags().byKey("absent")).isEmpty();
  }

  @Test
  void imagesOfARepositoryAreFoundByWhatTheyBelongTo() {
    ImageState signature = in("app", image(3).boundTo(digest(2)));
    ImageState sbom = in("app", image(4).boundTo(digest(2)));
    put(
        image(2),
        signature,
        sbom,
        in("app", image(5).boundTo(digest(1))),
        in("other", image(6).boundTo(digest(2))));
    put(tag("app", "1", 4, 3), tag("app", null, 5), tag("other", null, 6));

    assertThat(catalog.conversions().heldBoundTo(name("app"), digest(2)))
        .containsExactly(signature, sbom);
    assertThat(catalog.conversions().heldBoundTo(name("app"), digest(3))).isEmpty();
    assertThat(catalog.conversions().heldBoundTo(name("ap"), digest(2))).isEmpty();
  }

  @Test
  void imagesAreFoundByDigestDagAndRootTheFirstRecordedFirst() {
    Recipe other = new Recipe("%064x".formatted(1));
    put(image(1, recipe(), 5), image(1, other, 5), image(2));

    assertThat(catalog.conversions().ofDigest(digest(1)))
        .containsExactly(image(1, recipe(), 5), image(1, other, 5));
    assertThat(catalog.conversions().firstByDag(dag(5))).contains(image(1, recipe(), 5));
    assertThat(catalog.conversions().byRoot(root(2))).containsExactly(image(2));
    assertThat(catalog.conversions().byRoot(new RootCid(dag(2).stored()))).isEmpty();
    assertThat(catalog.conversions().byDag(dag(5)))
        .containsExactly(image(1, recipe(), 5), image(1, other, 5));
    assertThat(catalog.conversions().byRoot(root(5)))
        .isEqualTo(catalog.conversions().byDag(dag(5)));
    assertThat(catalog.conversions().page(image(1).key(), 10)).contains(image(2));
  }

  @Test
  void tagsComeInPagesWithoutDeletedOnesAndBareDigests() {
    put(
        tag("app", "b", 1),
        tag("app", "a", 1),
        tag("app", "c", 1),
        tag("app", null, 1),
        tag("other", "d", 1),
        deleted(tag("app", "bb", 2)));

    assertThat(catalog.tags().ofRepository(name("app"), null, 2))
        .extracting(TagState::tag)
        .containsExactly(new Tag("a"), new Tag("b"));
    assertThat(catalog.tags().ofRepository(name("app"), new Tag("b"), 2))
        .extracting(TagState::tag)
        .containsExactly(new Tag("c"));
  }

  @Test
  void namesOfAllRepositoriesComeInPagesTagsBeforeTheBareDigests() {
    put(tag("other", "d", 1), tag("app", null, 1), tag("app", "b", 1), deleted(tag("app", "a", 2)));

    assertThat(catalog.tags().page(null, 3))
        .extracting(TagState::key)
        .containsExactly(REGISTRY + "/app:a", REGISTRY + "/app:b", REGISTRY + "/app@" + digest(1));
    assertThat(catalog.tags().page(REGISTRY + "/app@" + digest(1), 3))
        .extracting(TagState::key)
        .containsExactly(REGISTRY + "/other:d");
  }

  @Test
  void allNamesOfARepositoryComeHoweverManyThereAre() {
    List<String> keys = new ArrayList<>();
    for (int i = 1000; i < 1450; i++) {
      put(tag("app", "v" + i, i), tag("application", "v" + i, i));
      keys.add(REGISTRY + "/app:v" + i);
    }
    put(tag("app", null, 1), deleted(tag("app", "w", 2)));
    keys.add(REGISTRY + "/app:w");
    keys.add(REGISTRY + "/app@" + digest(1));

    List<String> found = new ArrayList<>();
    catalog.tags().all(name("app")).forEachRemaining(name -> found.add(name.key()));
    assertThat(found).isEqualTo(keys);
    assertThat(catalog.tags().all(name("none"))).isExhausted();
  }

  @Test
  void repositoriesComeOncePagedWithoutThoseThatLostAllNames() {
    put(
        tag("b", "1", 1),
        tag("b", "2", 1),
        tag("a/x", null, 1),
        deleted(tag("gone", "1", 1)),
        tag("c", "1", 1));

    assertThat(catalog.repositories().page(null, 2)).containsExactly(name("a/x"), name("b"));
    assertThat(catalog.repositories().page(name("b"), 2)).containsExactly(name("c"));
  }

  @Test
  void aDigestLeadsToTheNamesThatHaveItOrHadIt() {
    put(tag("a", "1", 1, 2), tag("b", "1", 2), deleted(tag("c", "1", 2)), tag("d", null, 3));

    assertThat(catalog.tags().withDigest(digest(2)))
        .containsExactly(tag("a", "1", 1, 2), tag("b", "1", 2), deleted(tag("c", "1", 2)));
    assertThat(catalog.repositories().holds(name("a"), digest(2))).isTrue();
    assertThat(catalog.repositories().holds(name("c"), digest(2))).isFalse();
    assertThat(catalog.repositories().holds(name("d"), digest(3))).isTrue();
    assertThat(catalog.repositories().holds(name("d"), digest(2))).isFalse();

    put(tag("a", "1", 4));
    assertThat(catalog.tags().withDigest(digest(2)))
        .extracting(TagState::name)
        .containsExactly(name("b"), name("c"));
  }

  @Test
  void aDagThatSeveralSourcesBecameIsFoundWithTheOnesThatARepositoryHolds() {
    ImageState ofA = in("a", image(1, recipe(), 5));
    ImageState ofB = in("b", image(2, recipe(), 5));
    put(ofA, ofB, in("c", image(3, recipe(), 5)));
    put(tag("a", "1", 1), tag("b", "1", 4, 2), deleted(tag("c", "1", 3)));

    assertThat(catalog.conversions().heldByDag(name("a"), dag(5))).containsExactly(ofA);
    assertThat(catalog.conversions().heldByDag(name("b"), dag(5))).containsExactly(ofB);
    assertThat(catalog.conversions().heldByDag(name("c"), dag(5))).isEmpty();
  }

  @Test
  void aRepositoryTellsTheImagesOfAllThatItHolds() {
    IntStream.rangeClosed(1, 7).forEach(n -> put(in(n == 3 ? "b" : "a", image(n))));
    put(pin(1, 1, 1), pin(2, 1, 1), pin(3, 1, 1), pin(4, 1, 1), pin(5, 1, 0), pin(6, 1, 1));
    put(tag("a", "1", 1, 2), tag("a", "2", 2), tag("a", null, 6), tag("b", "1", 3));
    put(deleted(tag("a", "3", 4, 3)), tag("a", "unverified", 5), tag("a", "unpinned", 7));

    assertThat(dags("a")).containsOnly(dag(1), dag(2), dag(6));
    assertThat(dags("b")).containsOnly(dag(3));
    assertThat(dags("c")).isEmpty();
    assertThat(catalog.repositories().exists(name("a"))).isTrue();
    assertThat(catalog.repositories().exists(name("c"))).isFalse();
  }

  @Test
  void aRepositoryTellsTheImagesOfVeryManyNames() {
    List<CatalogRecord> records = new ArrayList<>();
    for (int i = 1; i <= 2_500; i++) {
      String tag = i % 2 == 0 ? null : "v" + i;
      records.add(log.put(in("a", image(i))));
      records.add(log.put(pin(i, 1, 1)));
      records.add(log.put(i % 5 == 0 ? deleted(tag("a", tag, i)) : tag("a", tag, i)));
    }
    catalog.writer().apply(records);
    catalog.writer().complete(Samples.NOW);

    assertThat(dags("a")).hasSize(2_000).doesNotHaveDuplicates();
  }

  private static ImageState in(String repository, ImageState image) {
    return image.alsoFor(name(repository), Samples.NOW).shownBy(Evidence.READ);
  }

  private List<ImageDag> dags(String repository) {
    return catalog
        .repositories()
        .images(name(repository))
        .flatMap(List::stream)
        .map(HeldImage::imageDag)
        .toList();
  }

  @Test
  void theTraceOfTheWorkThatWroteARecordIsKept() {
    String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    CatalogRecord plain = log.put(image(1));
    CatalogRecord traced = log.put(image(2));
    catalog
        .writer()
        .apply(
            List.of(
                plain,
                new CatalogRecord(
                    traced.topic(),
                    traced.partition(),
                    traced.offset(),
                    traced.appendedAt(),
                    traced.key(),
                    traced.value(),
                    null,
                    trace)));

    assertThat(catalog.traceparent(Topic.IMAGES, image(2).key())).contains(trace);
    assertThat(catalog.traceparent(Topic.IMAGES, image(1).key())).isEmpty();
    assertThat(catalog.traceparent(Topic.IMAGES, "absent")).isEmpty();
  }

  @Test
  void aTombstoneDeletesTheKeyAndWhatLedToIt() {
    put(tag("a", "1", 1), image(1));
    catalog
        .writer()
        .apply(
            List.of(
                log.delete(Topic.TAGS, tag("a", "1", 1).key()),
                log.delete(Topic.IMAGES, image(1).key())));

    assertThat(catalog.tags().byKey(tag("a", "1", 1).key())).isEmpty();
    assertThat(catalog.tags().withDigest(digest(1))).isEmpty();
    assertThat(catalog.conversions().firstByDag(dag(1))).isEmpty();
  }

  @Test
  void pinsAreListedByWhatTheyLack() {
    put(pin(1, 3, 3), pin(2, 3, 2), pin(3, 1, 1), pin(4, 3, 0));

    assertThat(catalog.pins().unfinished(null, 10))
        .extracting(PinState::imageDag)
        .containsExactly(dag(2), dag(4));
    assertThat(catalog.pins().below(2, null, 10))
        .extracting(PinState::imageDag)
        .containsExactly(dag(3), dag(4));
    assertThat(catalog.pins().below(2, dag(3), 10))
        .extracting(PinState::imageDag)
        .containsExactly(dag(4));
    assertThat(catalog.pins().page(dag(2), 1)).containsExactly(pin(3, 1, 1));
  }

  @Test
  void totalsCountWhatThereIs() {
    put(tag("a", "1", 1), tag("a", null, 1), deleted(tag("b", "1", 1)));
    put(image(1), image(2), blob(1), pin(1, 3, 3), pin(2, 3, 1), pin(3, 3, 0));

    assertThat(catalog.totals()).isEqualTo(new Totals(1, 2, 0, 2_000_000, 1, 3, 2, 1, 4, 0, 0));
  }

  @Test
  void theAppendTimeOfAKeysRecordIsKept() {
    CatalogRecord record = log.put(image(1));
    catalog.writer().apply(List.of(record));

    assertThat(catalog.appendedAt(Topic.IMAGES, image(1).key())).contains(record.appendedAt());
    assertThat(catalog.appendedAt(Topic.PINS, "absent")).isEmpty();
    assertThatThrownBy(() -> catalog.appendedAt(Topic.HINTS, "key"))
        .hasMessage("topic: HINTS (expected: one that the catalog keeps)");
  }

  @Test
  void aClosedCatalogSaysSo() {
    catalog.close();

    assertThatThrownBy(() -> catalog.pins().of(dag(1))).hasMessage("catalog in memory is closed");
    assertThatThrownBy(() -> put(image(1))).hasMessage("catalog in memory is closed");
  }

  private void put(State... states) {
    for (State state : states) {
      catalog.writer().apply(List.of(log.put(state)));
    }
  }
}
