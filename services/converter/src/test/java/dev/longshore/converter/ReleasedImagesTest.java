package dev.longshore.converter;

import static dev.longshore.catalog.testing.Samples.NOW;
import static dev.longshore.catalog.testing.Samples.dag;
import static dev.longshore.catalog.testing.Samples.deleted;
import static dev.longshore.catalog.testing.Samples.digest;
import static dev.longshore.catalog.testing.Samples.forget;
import static dev.longshore.catalog.testing.Samples.image;
import static dev.longshore.catalog.testing.Samples.recipe;
import static dev.longshore.catalog.testing.Samples.tag;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.testing.RecordLog;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.events.RemovalReason;
import dev.longshore.events.ServedState;
import dev.longshore.events.State;
import dev.longshore.events.TagState;
import dev.longshore.events.Topic;
import dev.longshore.model.Mode;
import dev.longshore.rules.KeepSettings;
import dev.longshore.rules.ReleaseSettings;
import dev.longshore.rules.RuleSettings;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.kafka.step.Message;
import dev.longshore.runtime.service.metrics.LoopTurns;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.testing.ManualClock;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of the records of images that retention let go. */
@Timeout(30)
class ReleasedImagesTest {
  private static final String APP = "library/nginx";
  private static final String OTHER = "library/other";
  private static final Instant GONE_AT = NOW.plus(Duration.ofDays(1));

  private final RecordLog log = new RecordLog();
  private final ManualClock clock = new ManualClock(GONE_AT.plus(Duration.ofMinutes(11)));
  private final Catalog catalog = Catalog.inMemory(clock);
  private final List<String> converted = new CopyOnWriteArrayList<>();
  private volatile Rules rules = rules(new KeepSettings(0, null, null, null, null));

  private final ReleasedImages released =
      new ReleasedImages(
          catalog,
          () -> rules,
          this::step,
          Duration.ofMillis(20),
          clock,
          new LoopTurns(OpenTelemetry.noop()).of("test", Duration.ofHours(1)));

  @AfterEach
  void stop() throws Exception {
    released.stop(Duration.ofSeconds(5));
    catalog.close();
  }

  @Test
  void recordsOfAVersionThatIsGoneEndAndOthersStay() throws Exception {
    put(tag(APP, "1", 2, 1), tag(APP, null, 1), tag(APP, null, 2), image(1), image(2));
    put(pin(1, PinPhase.GONE), pin(2, PinPhase.KEPT));
    released.start();

    Eventually.await("the end", () -> catalog.conversions().ofDigest(digest(1)).isEmpty());
    assertThat(catalog.conversions().ofDigest(digest(2))).hasSize(1);
    assertThat(converted).isEmpty();
  }

  @Test
  void theyStayWhileANameStillShowsIt() throws Exception {
    put(tag(APP, "1", 2, 1), tag(APP, null, 1), tag(APP, null, 2), image(1), image(2));
    put(shown(tag(APP, null, 1), image(1)), pin(1, PinPhase.GONE), pin(2, PinPhase.GONE));
    released.start();
    // Looked at after it.
    Eventually.await("a look", () -> converted.contains(tag(APP, "1", 2).key()));
    assertThat(catalog.conversions().ofDigest(digest(1))).hasSize(1);

    put(removed(tag(APP, null, 1)));
    Eventually.await("the end", () -> catalog.conversions().ofDigest(digest(1)).isEmpty());
  }

  /** Only by them is that one found. */
  @Test
  void theyStayWhileWhatTheyWereMadeInPlaceOfIsKept() throws Exception {
    put(
        tag(APP, "1", 2, 1),
        tag(APP, null, 1),
        tag(APP, null, 3),
        image(2).naming(List.of(digest(8))),
        image(3));
    put(image(1).inPlaceOf(image(1, recipe(), 9)), pin(9, PinPhase.SURPLUS));
    put(pin(1, PinPhase.GONE), pin(3, PinPhase.GONE));
    released.start();
    Eventually.await("another's end", () -> catalog.conversions().ofDigest(digest(3)).isEmpty());
    assertThat(catalog.conversions().ofDigest(digest(1))).hasSize(1);

    put(pin(9, PinPhase.RELEASING));
    Eventually.await("the end", () -> catalog.conversions().ofDigest(digest(1)).isEmpty());
  }

  @Test
  void whatATagWantsAgainIsConvertedAgain() throws Exception {
    put(tag(APP, "1", 1, 2), tag(APP, null, 1), image(1), pin(1, PinPhase.GONE));
    released.start();

    Eventually.await("a conversion", () -> converted.contains(tag(APP, "1", 1).key()));
    assertThat(catalog.conversions().ofDigest(digest(1))).hasSize(1);
    assertThat(converted).as("once in a while").hasSize(1);
  }

  @Test
  void recordsOfWhatWasForgottenStay() throws Exception {
    put(
        tag(APP, "1", 2, 1),
        tag(APP, null, 1),
        tag(APP, null, 3),
        image(1),
        image(2).naming(List.of(digest(8))),
        image(3));
    put(forget("a", 1), pin(1, PinPhase.GONE), pin(3, PinPhase.GONE));
    released.start();

    Eventually.await("another's end", () -> catalog.conversions().ofDigest(digest(3)).isEmpty());
    assertThat(catalog.conversions().ofDigest(digest(1))).hasSize(1);
  }

  @Test
  void whatIsLeftOfItIsConvertedAgainOnceRulesKeepEverything() throws Exception {
    rules = rules(null);
    put(tag(APP, "1", 1), tag(APP, null, 1), image(1), pin(1, PinPhase.GONE));
    put(removed(tag(APP, "1", 1)));
    released.start();

    Eventually.await("a conversion", () -> converted.contains(tag(APP, "1", 1).key()));
    assertThat(catalog.conversions().ofDigest(digest(1))).hasSize(1);
  }

  @Test
  void aTagThatAChangedRuleKeepsIsConvertedAgainThoughItsRecordsEnded() throws Exception {
    rules = rules(lastTag(1));
    put(tag(APP, "1", 1), tag(APP, null, 1), tag(APP, "2", 2), tag(APP, null, 2));
    put(tag(OTHER, "1", 3), tag(APP, "3", 4));
    for (TagState name : List.of(tag(APP, "1", 1), tag(APP, "2", 2), tag(APP, "3", 4))) {
      put(removed(name));
    }
    released.start();
    Eventually.await("the newest", () -> converted.contains(tag(APP, "3", 4).key()));
    assertThat(converted).hasSize(1);

    rules = rules(lastTag(2));
    Eventually.await("the next", () -> converted.contains(tag(APP, "2", 2).key()));
    assertThat(converted).hasSize(2);

    rules = rules(null);
    Eventually.await("all", () -> converted.contains(tag(APP, "1", 1).key()));
    assertThat(converted).as("once, and no other").hasSize(3);
  }

  @Test
  void noTagIsThatItsSourceNoLongerHasOrThatWasRemovedOtherwise() throws Exception {
    put(deleted(tag(APP, "1", 1)), removed(tag(APP, "1", 1)));
    put(tag(APP, "2", 2), removed(tag(APP, "2", 2), RemovalReason.EXCLUDED));
    put(tag(APP, "3", 3), removed(tag(APP, "3", 4)));
    put(tag(APP, "4", 5), removed(tag(APP, "4", 5)));
    released.start();

    Eventually.await("another", () -> converted.contains(tag(APP, "4", 5).key()));
    assertThat(converted).hasSize(1);
  }

  private static KeepSettings lastTag(int count) {
    return new KeepSettings(
        0, null, null, null, new KeepSettings.KeepTagsSettings(count, List.of()));
  }

  private static Rules rules(@Nullable KeepSettings keep) {
    return new Rules(
        List.of(
            new RuleSettings("**", List.of(Mode.PLAIN), List.of(), 3, 1, null)
                .keeping(keep, ReleaseSettings.GUARDED)));
  }

  /** What the converter's step does when it is asked. */
  private boolean step(String key) {
    var effects =
        released.ended(new Message(Topic.OBSERVED, 0, -1, key, "a look", clock.instant(), null));
    effects.ifPresentOrElse(
        ended ->
            ended
                .deletions()
                .forEach(d -> catalog.writer().apply(List.of(log.delete(d.topic(), d.key())))),
        () -> converted.add(key));
    return true;
  }

  private void put(State... states) {
    List.of(states).forEach(state -> catalog.writer().apply(List.of(log.put(state))));
  }

  private static ServedState shown(TagState name, ImageState image) {
    return new ServedState(
        name.name(),
        name.tag(),
        name.digest(),
        null,
        List.of(
            new ServedState.Result(
                image.mode(),
                image.digest(),
                image.digest(),
                image.imageDag(),
                image.root(),
                1,
                null,
                NOW,
                null,
                NOW)),
        image.imageDag(),
        null,
        NOW);
  }

  private static ServedState removed(TagState name) {
    return removed(name, RemovalReason.RELEASED);
  }

  private static ServedState removed(TagState name, RemovalReason reason) {
    return new ServedState(
        name.name(), name.tag(), name.digest(), null, List.of(), null, reason, NOW);
  }

  private static PinState pin(int dag, PinPhase phase) {
    return new PinState(
        dag(dag), 0, List.of(), null, true, GONE_AT, 0, 0, null, null, null, phase, GONE_AT);
  }
}
