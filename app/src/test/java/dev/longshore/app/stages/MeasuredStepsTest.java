package dev.longshore.app.stages;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.testing.InMemoryCatalogSource;
import dev.longshore.catalog.testing.RecordLog;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.Converted;
import dev.longshore.events.Event;
import dev.longshore.events.ImageState;
import dev.longshore.events.Observed;
import dev.longshore.events.Origin;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.events.State;
import dev.longshore.events.TagState;
import dev.longshore.events.Topic;
import dev.longshore.model.PeerName;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Message;
import dev.longshore.runtime.service.telemetry.LogFormat;
import dev.longshore.runtime.service.telemetry.LogLevel;
import dev.longshore.runtime.service.telemetry.Telemetry;
import dev.longshore.runtime.service.telemetry.TelemetrySettings;
import dev.longshore.testing.ManualClock;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How long images take, by effects of steps in memory. */
class MeasuredStepsTest {
  private static final Instant PUSHED = Samples.NOW;
  private static final ImageState IMAGE = Samples.image(1);
  private static final RepositoryName NAME = IMAGE.name();

  private final ManualClock clock = new ManualClock(Samples.NOW);
  private final Catalog catalog = Catalog.inMemory(clock);
  private final RecordLog log = new RecordLog();
  private final InMemoryCatalogSource source = new InMemoryCatalogSource(log, catalog, clock);
  private final Telemetry telemetry =
      Telemetry.start(
          "test",
          "0",
          "main",
          new TelemetrySettings(null, LogFormat.PLAIN, LogLevel.INFO),
          List.of());
  private final MeasuredSteps steps =
      new MeasuredSteps(catalog, telemetry.openTelemetry().getMeter("test"), clock);

  @BeforeEach
  void start() {
    source.start();
  }

  @AfterEach
  void close() throws Exception {
    telemetry.close();
    source.close();
    catalog.close();
  }

  /** A step that has these effects; what follows the commit is done if there is one. */
  private Effects ran(@Nullable Event body, Effects effects) throws Exception {
    Message message = new Message(Topic.CONVERTED, 0, 0, "key", "id", Samples.NOW, body);
    return steps.around((_, _) -> effects).handle(message, _ -> {});
  }

  private void commit(@Nullable Event body, Effects effects) throws Exception {
    Effects measured = ran(body, effects);
    effects.records().stream()
        .filter(State.class::isInstance)
        .map(State.class::cast)
        .forEach(log::put);
    source.follow();
    measured.afterCommit().forEach(Runnable::run);
  }

  private String page() {
    return telemetry.metrics().render();
  }

  private void assertTold(String stage, String mode, long count, String sum) {
    List<String> lines = new ArrayList<>();
    page()
        .lines()
        .filter(line -> line.contains("stage=\"" + stage + "\""))
        .filter(line -> line.contains("mode=\"" + mode + "\""))
        .forEach(lines::add);
    assertThat(lines)
        .anyMatch(
            line ->
                line.startsWith("longshore_image_lag_seconds_count") && line.endsWith(" " + count))
        .anyMatch(
            line -> line.startsWith("longshore_image_lag_seconds_sum") && line.endsWith(" " + sum));
  }

  private static TagState tag(Origin origin) {
    return new TagState(
        NAME,
        new Tag("1"),
        IMAGE.digest(),
        IMAGE.mediaType(),
        1,
        List.of(),
        false,
        origin,
        PUSHED,
        PUSHED.plusMillis(20),
        List.of(),
        PUSHED,
        new TagState.Notified("distribution", PUSHED.minusMillis(40)));
  }

  private static Observed observed(Origin origin) {
    return observed(origin, PUSHED);
  }

  private static Observed observed(Origin origin, Instant hintedAt) {
    return new Observed(
        NAME,
        new Tag("1"),
        IMAGE.digest(),
        IMAGE.mediaType(),
        1,
        origin,
        hintedAt,
        hintedAt.plusMillis(20),
        null);
  }

  private static Converted converted() {
    return new Converted(
        IMAGE.imageDag(),
        IMAGE.root(),
        IMAGE.digest(),
        IMAGE.recipe(),
        IMAGE.mode(),
        NAME,
        new Tag("1"),
        new PeerName("peer-1"),
        1,
        3,
        IMAGE.convertedAt());
  }

  /** Copies that stood so many seconds after the push. */
  private static PinState pin(
      int wanted, @Nullable Long first, @Nullable Long min, @Nullable Long all) {
    return new PinState(
        IMAGE.imageDag(),
        wanted,
        List.of(),
        null,
        true,
        PUSHED,
        2,
        first == null ? 0 : 1,
        at(first),
        at(min),
        at(all),
        PinPhase.KEPT,
        PUSHED);
  }

  private static @Nullable Instant at(@Nullable Long seconds) {
    return seconds == null ? null : PUSHED.plusSeconds(seconds);
  }

  @Test
  void eachStageIsMeasuredOnceFromThePush() throws Exception {
    commit(null, Effects.of(tag(Origin.WEBHOOK), observed(Origin.WEBHOOK)));
    commit(observed(Origin.WEBHOOK), Effects.of(IMAGE, converted()));
    commit(converted(), Effects.of(pin(3, 2L, null, null)));
    commit(null, Effects.of(pin(3, 2L, 3L, null)));
    commit(null, Effects.of(pin(3, 2L, 3L, 60L)));
    commit(null, Effects.of(pin(3, 2L, 3L, 60L)));

    assertTold("hinted", "all", 1, "0.04");
    assertTold("observed", "all", 1, "0.02");
    assertTold("converted", "plain", 1, "0.9");
    assertTold("first_copy", "plain", 1, "2");
    assertTold("min_copies", "plain", 1, "3");
    assertTold("all_copies", "plain", 1, "60");
  }

  @Test
  void whatWasNotCommittedIsNotMeasured() throws Exception {
    var _ = ran(null, Effects.of(tag(Origin.WEBHOOK), observed(Origin.WEBHOOK)));

    assertThat(page()).doesNotContain("longshore_image_lag_seconds_count");
  }

  @Test
  void whatAPollFoundIsNotMeasured() throws Exception {
    commit(null, Effects.of(tag(Origin.POLL), observed(Origin.POLL)));
    commit(observed(Origin.POLL), Effects.of(IMAGE, converted()));
    commit(converted(), Effects.of(pin(3, 2L, 3L, 4L)));

    assertThat(page()).doesNotContain("longshore_image_lag_seconds_count");
  }

  @Test
  void anImageThatIsAnnouncedOrConvertedAgainIsNotMeasuredAgain() throws Exception {
    commit(null, Effects.of(tag(Origin.WEBHOOK), observed(Origin.WEBHOOK)));
    commit(null, Effects.of(IMAGE, converted()));
    commit(observed(Origin.WEBHOOK), Effects.of(IMAGE, converted()));

    assertThat(page()).doesNotContain("stage=\"converted\"");
  }

  @Test
  void copiesThatARuleAsksForLaterAreNotThePushs() throws Exception {
    commit(null, Effects.of(tag(Origin.WEBHOOK), observed(Origin.WEBHOOK)));
    commit(observed(Origin.WEBHOOK), Effects.of(IMAGE, converted()));
    commit(converted(), Effects.of(pin(1, 2L, 2L, 2L)));
    commit(null, Effects.of(pin(3, 2L, 2L, null)));
    commit(null, Effects.of(pin(3, 2L, 2L, Duration.ofDays(2).toSeconds())));

    assertTold("all_copies", "plain", 1, "2");
  }

  @Test
  void whatTakesLongerThanAWeekWaitsForSomethingElse() throws Exception {
    commit(null, Effects.of(tag(Origin.WEBHOOK), observed(Origin.WEBHOOK)));
    commit(observed(Origin.WEBHOOK), Effects.of(IMAGE, converted()));
    commit(converted(), Effects.of(pin(3, 2L, 3L, Duration.ofDays(8).toSeconds())));

    assertTold("min_copies", "plain", 1, "3");
    assertThat(page()).doesNotContain("stage=\"all_copies\"");
  }

  /** A lag of 0 would say that all is well. */
  @Test
  void whatClocksMakeNegativeIsNotCountedAndToldForAnHour() throws Exception {
    Observed ahead = observed(Origin.WEBHOOK, IMAGE.convertedAt().plusSeconds(7));
    String skew = "longshore_image_lag_skew_seconds{mode=\"plain\",stage=\"converted\"}";
    commit(ahead, Effects.of(IMAGE, converted()));

    assertThat(page()).contains(skew + " 7\n").doesNotContain("longshore_image_lag_seconds_count");
    clock.advance(Duration.ofHours(1));
    assertThat(page()).contains(skew);
    clock.advance(Duration.ofSeconds(1));
    assertThat(page()).doesNotContain(skew);
  }

  @Test
  void clocksThatDifferByMillisecondsMakeAShortTimeNoneAndAreTold() throws Exception {
    Observed ahead = observed(Origin.WEBHOOK, IMAGE.convertedAt().plusMillis(30));
    commit(ahead, Effects.of(IMAGE, converted()));

    assertTold("converted", "plain", 1, "0");
    assertThat(page())
        .contains("longshore_image_lag_skew_seconds{mode=\"plain\",stage=\"converted\"} 0.03\n");
  }

  @Test
  void aTimeNamesTheTraceOfItsPush() throws Exception {
    Span step = telemetry.openTelemetry().getTracer("test").spanBuilder("convert").startSpan();
    Effects measured;
    Effects effects = Effects.of(tag(Origin.WEBHOOK), observed(Origin.WEBHOOK));
    try (Scope _ = step.makeCurrent()) {
      measured = ran(null, effects);
    }
    measured.afterCommit().forEach(Runnable::run);

    assertThat(telemetry.metrics().renderOpenMetrics())
        .containsPattern(
            "longshore_image_lag_seconds_bucket\\{[^}]*stage=\"observed\"[^}]*} 1 #"
                + " \\{span_id=\"[0-9a-f]+\",trace_id=\""
                + step.getSpanContext().getTraceId());
  }
}
