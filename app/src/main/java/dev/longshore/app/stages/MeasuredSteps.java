package dev.longshore.app.stages;

import dev.longshore.app.stages.Pushes.Push;
import dev.longshore.catalog.Catalog;
import dev.longshore.events.Converted;
import dev.longshore.events.Observed;
import dev.longshore.events.PinState;
import dev.longshore.events.TagState;
import dev.longshore.model.ImageDag;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Message;
import dev.longshore.runtime.kafka.step.Progress;
import dev.longshore.runtime.kafka.step.Step;
import dev.longshore.runtime.kafka.step.TransientFailure;
import dev.longshore.runtime.service.metrics.LagHistogram;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Measures how long images take from their push to each stage, from what steps record. The writer
 * of a state measures it after the commit: once, however often a step is repeated. An image whose
 * push time is unknown is not measured, nor one converted again for another reason than a push.
 */
public final class MeasuredSteps {
  private static final int RAISED = 100_000;
  private static final String ALL_MODES = "all";
  private static final AttributeKey<String> STAGE = AttributeKey.stringKey("stage");
  private static final AttributeKey<String> MODE = AttributeKey.stringKey("mode");

  private final Catalog catalog;
  private final Pushes pushes;
  private final LagHistogram lag;

  /** DAGs that had all copies before more were asked for: the push is not why they lack some. */
  private final Set<ImageDag> raised = Collections.synchronizedSet(new LinkedHashSet<>());

  private enum Stage {
    HINTED,
    OBSERVED,
    CONVERTED,
    FIRST_COPY,
    MIN_COPIES,
    ALL_COPIES
  }

  public MeasuredSteps(Catalog catalog, Meter meter, InstantSource clock) {
    this.catalog = catalog;
    this.pushes = new Pushes(catalog);
    this.lag =
        new LagHistogram(
            meter.histogramBuilder("longshore.image.lag"),
            "Time from a push until an image has come to a stage",
            meter.gaugeBuilder("longshore.image.lag_skew"),
            clock);
  }

  /** The same step, measured. */
  public Step around(Step step) {
    return (message, progress) ->
        measured(message, step.handle(message, new Measuring(message, progress)));
  }

  private final class Measuring implements Progress {
    private final Message message;
    private final Progress progress;

    Measuring(Message message, Progress progress) {
      this.message = message;
      this.progress = progress;
    }

    @Override
    public void publish(Effects effects) throws InterruptedException {
      progress.publish(measured(message, effects));
    }

    @Override
    public void require(String endpoint) throws TransientFailure {
      progress.require(endpoint);
    }

    @Override
    public boolean tries(String endpoint) {
      return progress.tries(endpoint);
    }

    @Override
    public void idle(Wait wait) throws InterruptedException {
      progress.idle(wait);
    }
  }

  private Effects measured(Message message, Effects effects) {
    List<Runnable> after = new ArrayList<>();
    for (var record : effects.records()) {
      switch (record) {
        case Observed observed -> observed(observed, effects, after);
        case Converted converted -> converted(message, converted, after);
        case PinState pin -> copied(message, pin, after);
        default -> {}
      }
    }
    return after.isEmpty() ? effects : effects.and(new Effects(List.of(), after));
  }

  private void observed(Observed observed, Effects effects, List<Runnable> after) {
    Optional<TagState> news =
        effects.records().stream()
            .filter(TagState.class::isInstance)
            .map(TagState.class::cast)
            .filter(tag -> tag.key().equals(observed.key()) && !tag.deleted())
            .findFirst();
    if (news.isEmpty() || !observed.origin().tellsOfPush()) {
      return;
    }
    TagState.Notified notified = news.get().notified();
    if (notified != null && notified.at() != null) {
      add(Stage.HINTED, ALL_MODES, notified.at(), observed.hintedAt(), after);
    }
    add(Stage.OBSERVED, ALL_MODES, observed.hintedAt(), observed.observedAt(), after);
  }

  /** Of an event alone: a look at a name without one has another reason than a push. */
  private void converted(Message message, Converted made, List<Runnable> after) {
    boolean isKnown =
        catalog.conversions().of(made.digest(), made.recipe(), made.name()).isPresent();
    if (!isKnown
        && message.body() instanceof Observed observed
        && observed.origin().tellsOfPush()) {
      add(Stage.CONVERTED, made.mode().text(), observed.hintedAt(), made.convertedAt(), after);
    }
  }

  private void copied(Message message, PinState now, List<Runnable> after) {
    Optional<PinState> before = catalog.pins().of(now.imageDag());
    if (now.allVerifiedAt() == null && before.map(PinState::allVerifiedAt).isPresent()) {
      raise(before.orElseThrow(), now);
    }
    Instant first = reached(now.firstVerifiedAt(), before.map(PinState::firstVerifiedAt));
    Instant min = reached(now.minVerifiedAt(), before.map(PinState::minVerifiedAt));
    Instant all = reached(now.allVerifiedAt(), before.map(PinState::allVerifiedAt));
    if (first == null && min == null && all == null) {
      return;
    }
    boolean isRaised = raised.contains(now.imageDag());
    Optional<Push> push = isRaised ? Optional.empty() : push(message, now.imageDag());
    push.ifPresent(
        its -> {
          add(Stage.FIRST_COPY, its, first, after);
          add(Stage.MIN_COPIES, its, min, after);
          add(Stage.ALL_COPIES, its, all, after);
        });
    if (isRaised && all != null) {
      after.add(() -> raised.remove(now.imageDag()));
    }
  }

  private void raise(PinState before, PinState now) {
    if (now.wanted() > before.wanted() && before.verified() > 0 && raised.size() < RAISED) {
      raised.add(now.imageDag());
    }
  }

  /** When it was reached, if it was not before. */
  private static @Nullable Instant reached(@Nullable Instant now, Optional<Instant> before) {
    return before.isPresent() ? null : now;
  }

  private Optional<Push> push(Message message, ImageDag dag) {
    return message.body() instanceof Converted made
        ? pushes
            .of(made.name(), made.digest(), made.convertedAt())
            .map(at -> new Push(made.mode().text(), at))
        : pushes.of(dag);
  }

  private void add(Stage stage, Push push, @Nullable Instant reached, List<Runnable> after) {
    if (reached != null) {
      add(stage, push.mode(), push.at(), reached, after);
    }
  }

  private void add(
      Stage stage, String mode, Instant pushed, Instant reached, List<Runnable> after) {
    Duration time = Duration.between(pushed, reached);
    Attributes of = Attributes.of(STAGE, stage.name().toLowerCase(Locale.ROOT), MODE, mode);
    // That of the step: the commit is that of many.
    Context context = Context.current();
    after.add(() -> lag.record(time, of, context));
  }
}
