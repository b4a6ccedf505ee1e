package dev.longshore.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.catalog.WorkFailure;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.Evidence;
import dev.longshore.events.ImageState;
import dev.longshore.events.State;
import dev.longshore.events.Topic;
import dev.longshore.testing.ManualClock;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MissedObservationsTest {
  private final Catalog catalog = Catalog.inMemory(new ManualClock(Samples.NOW));
  private final MissedObservations missed = new MissedObservations(catalog);
  private long offset;

  @AfterEach
  void close() {
    catalog.close();
  }

  @Test
  void aTagWhoseDigestWasNeverConvertedIsMissed() {
    add(Samples.tag("team/app", "v1", 1));
    add(Samples.tag("team/app", "v2", 2));
    add(converted("team/app", 1));

    assertThat(missed.keys()).containsExactly("localhost:5055/team/app:v2");
  }

  @Test
  void whatTheFirstReleaseConvertedIsMissedUntilItIsKnownWhoseItIs() {
    add(Samples.ofFirstRelease(1, Samples.recipe(), 1));
    add(Samples.tag("library/nginx", "v1", 1));
    add(Samples.tag("team/app", "v1", 1));

    assertThat(missed.keys())
        .containsExactlyInAnyOrder("localhost:5055/library/nginx:v1", "localhost:5055/team/app:v1");

    add(converted("library/nginx", 1));
    add(converted("team/app", 1));

    assertThat(missed.keys()).isEmpty();
  }

  @Test
  void aVersionThatWasOverwrittenAtOnceIsMissedByItsDigest() {
    add(Samples.tag("team/app", "v1", 2, 1));
    add(Samples.tag("team/app", null, 1));
    add(Samples.tag("team/app", null, 2));

    assertThat(missed.keys())
        .as("the digest with a tag once, by the tag")
        .containsExactlyInAnyOrder(
            "localhost:5055/team/app:v1", "localhost:5055/team/app@" + Samples.digest(1));
  }

  @Test
  void theSameDigestInAnotherRepositoryIsMissedThere() {
    add(Samples.tag("team/app", "v1", 1));
    add(Samples.tag("team/other", "v1", 1));

    assertThat(missed.keys()).hasSize(2);
  }

  @Test
  void whatItsSourceDeletedIsNotLookedFor() {
    add(Samples.deleted(Samples.tag("team/app", "v1", 1)));

    assertThat(missed.keys()).isEmpty();
  }

  @Test
  void whatFailedForGoodIsLeftAloneUntilItsTagMoves() {
    add(Samples.tag("team/app", "late", 1));
    add(Samples.tag("team/app", "early", 2));
    fail("localhost:5055/team/app:late", Samples.NOW.plusSeconds(1));
    fail("localhost:5055/team/app:early", Samples.NOW.minusSeconds(1));

    assertThat(missed.keys())
        .as("that one failed before its tag moved")
        .containsExactly("localhost:5055/team/app:early");
  }

  @Test
  void nothingIsLeftOutAtTheEdgesOfPages() {
    for (int i = 0; i < 1_003; i++) {
      add(Samples.tag("team/app", "t%04d".formatted(i), i));
    }

    assertThat(missed.keys()).hasSize(1_003).doesNotHaveDuplicates();
  }

  private static ImageState converted(String repository, int digest) {
    return Samples.image(digest)
        .alsoFor(Samples.name(repository), Samples.NOW)
        .shownBy(Evidence.READ);
  }

  private void add(State state) {
    catalog
        .writer()
        .apply(
            List.of(
                new CatalogRecord(Topic.of(state), 0, ++offset, Samples.NOW, state.key(), state)));
  }

  private void fail(String key, Instant at) {
    WorkFailure trouble =
        new WorkFailure(
            key,
            "convert",
            WorkFailure.Kind.PERMANENT,
            "DIGEST_MISMATCH",
            null,
            "pulling blob: the bytes have another digest; push the image again",
            0,
            at,
            null);
    catalog
        .writer()
        .apply(
            List.of(new CatalogRecord(Topic.FAILED, 0, ++offset, Samples.NOW, key, null, trouble)));
  }
}
