package dev.longshore.converter;

import dev.longshore.catalog.Catalog;
import dev.longshore.converter.mode.RequestedConversion;
import dev.longshore.converter.mode.RequestedConversions;
import dev.longshore.converter.source.Reason;
import dev.longshore.events.Audited;
import dev.longshore.events.Converted;
import dev.longshore.events.Failed;
import dev.longshore.events.Hint;
import dev.longshore.events.LongshoreRecord;
import dev.longshore.events.Observed;
import dev.longshore.events.TagState;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Message;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.Progress;
import dev.longshore.runtime.kafka.step.Step;
import dev.longshore.runtime.kafka.step.TransientFailure;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Brings an observed image whole to the ingest peer and pins it there, and only then announces it.
 * Runs one {@link ImageConversion} for each mode that the rules ask for.
 *
 * <p>An image with a known digest and recipe is not read again while it has a pin; in another
 * repository, once that repository has said that it serves all of it. An image that lacks foreign
 * layers is checked each time: they may have been pushed since. An image that people decided to
 * forget is left alone: that is no failure, and the decision says why.
 */
final class Convert implements Step {
  private final Catalog catalog;
  private final RequestedConversions conversions;
  private final ImageConversion conversion;
  private final Debounce debounce;

  Convert(
      Catalog catalog,
      RequestedConversions conversions,
      ImageConversion conversion,
      Debounce debounce) {
    this.catalog = catalog;
    this.conversions = conversions;
    this.conversion = conversion;
    this.debounce = debounce;
  }

  @Override
  public Effects handle(Message message, Progress progress)
      throws TransientFailure, PermanentFailure, InterruptedException {
    Optional<Observed> observed = observed(message);
    if (observed.isEmpty() || debounce.isSuperseded(observed.get(), progress)) {
      return Effects.NONE;
    }
    return convert(observed.get(), conversions.of(observed.get()), progress);
  }

  /** A mode that cannot be made does not stop the others. */
  private Effects convert(Observed observed, List<RequestedConversion> wanted, Progress progress)
      throws TransientFailure, PermanentFailure, InterruptedException {
    List<LongshoreRecord> records = List.of();
    @Nullable PermanentFailure first = null;
    for (RequestedConversion mode : wanted) {
      // Publish one mode before the next, which may take long or fail.
      publish(records, progress);
      records = List.of();
      if (catalog.decisions().isForgotten(observed.digest())) {
        return Effects.NONE;
      }
      try {
        records = conversion.convert(observed, mode, progress);
      } catch (PermanentFailure e) {
        // With several modes, only those that make sense for the image.
        boolean matters = wanted.size() == 1 || !Reason.NOTHING_TO_ENCRYPT.isOf(e);
        first = first == null && matters ? e : first;
      }
    }
    if (first != null) {
      publish(records, progress);
      throw first;
    }
    return new Effects(records, List.of());
  }

  private static void publish(List<LongshoreRecord> records, Progress progress)
      throws InterruptedException {
    if (!records.isEmpty()) {
      progress.publish(new Effects(records, List.of()));
    }
  }

  /** The message's body, or, given only a key, what the key's tag points to. */
  private Optional<Observed> observed(Message message) {
    return switch (message.body()) {
      case Observed observed -> Optional.of(observed);
      case null ->
          catalog.tags().byKey(message.key()).filter(t -> !t.deleted()).map(Convert::observed);
      case Hint _, Converted _, Failed _, Audited _ -> Optional.empty();
    };
  }

  /** What a name points to now. */
  static Observed observed(TagState tag) {
    return new Observed(
        tag.name(),
        tag.tag(),
        tag.digest(),
        tag.mediaType(),
        tag.size(),
        tag.origin(),
        tag.hintedAt(),
        tag.observedAt(),
        null);
  }
}
