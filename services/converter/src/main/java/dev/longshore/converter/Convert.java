package dev.longshore.converter;

import dev.longshore.catalog.Catalog;
import dev.longshore.converter.image.Announcements;
import dev.longshore.converter.image.ImageStore;
import dev.longshore.converter.image.StoredImage;
import dev.longshore.converter.ingest.FairTurns;
import dev.longshore.converter.ingest.IngestPeer;
import dev.longshore.converter.ingest.Spans;
import dev.longshore.converter.mode.ConversionMode;
import dev.longshore.converter.mode.ModeTools;
import dev.longshore.converter.mode.RequestedConversion;
import dev.longshore.converter.mode.RequestedConversions;
import dev.longshore.converter.source.ImageLimits;
import dev.longshore.converter.source.ImagePlan;
import dev.longshore.converter.source.ImageWalk;
import dev.longshore.converter.source.Reason;
import dev.longshore.converter.source.Upstream;
import dev.longshore.events.Audited;
import dev.longshore.events.Converted;
import dev.longshore.events.Failed;
import dev.longshore.events.Hint;
import dev.longshore.events.ImageState;
import dev.longshore.events.LongshoreRecord;
import dev.longshore.events.Observed;
import dev.longshore.events.Origin;
import dev.longshore.events.TagState;
import dev.longshore.model.ImageDag;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.Hold;
import dev.longshore.oci.ImageSource;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Message;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.Progress;
import dev.longshore.runtime.kafka.step.Step;
import dev.longshore.runtime.kafka.step.TransientFailure;
import io.opentelemetry.api.common.Attributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Brings an observed image whole to the ingest peer and pins it there; only then is it announced.
 *
 * <p>An image that is known by its digest and recipe costs no reading while a pin of it stands: in
 * another repository than the one that it was read from, once that one has said that it serves all
 * of it. One that lacks foreign layers is looked at anew each time: they may have been pushed
 * since.
 */
final class Convert implements Step {
  private final Catalog catalog;
  private final RequestedConversions conversions;
  private final ModeTools modes;
  private final ImageSource source;
  private final ImageStore store;
  private final IngestPeer peer;
  private final Announcements announcements;
  private final Spans spans;
  private final FairTurns underWay = new FairTurns(ImageLimits.AT_ONCE);

  Convert(
      Catalog catalog,
      RequestedConversions conversions,
      ModeTools modes,
      ImageSource source,
      ImageStore store,
      IngestPeer peer,
      Announcements announcements,
      Spans spans) {
    this.catalog = catalog;
    this.conversions = conversions;
    this.modes = modes;
    this.source = source;
    this.store = store;
    this.peer = peer;
    this.announcements = announcements;
    this.spans = spans;
  }

  @Override
  public Effects handle(Message message, Progress progress)
      throws TransientFailure, PermanentFailure, InterruptedException {
    Optional<Observed> observed = observed(message);
    if (observed.isEmpty()) {
      return Effects.NONE;
    }
    return convert(observed.get(), conversions.of(observed.get()), progress);
  }

  /** A mode of which nothing can be made keeps no other from its turn. */
  private Effects convert(Observed observed, List<RequestedConversion> wanted, Progress progress)
      throws TransientFailure, PermanentFailure, InterruptedException {
    List<LongshoreRecord> records = List.of();
    @Nullable PermanentFailure first = null;
    for (RequestedConversion conversion : wanted) {
      // One mode is told of before the next, which may take long or fail.
      publish(records, progress);
      records = List.of();
      try {
        records = convert(observed, conversion, progress);
      } catch (PermanentFailure e) {
        // Of several modes those that make sense for the image.
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

  /** What arrived, or what the key's tag points to when there is only the key to look at. */
  private Optional<Observed> observed(Message message) {
    return switch (message.body()) {
      case Observed observed -> Optional.of(observed);
      case null ->
          catalog.tags().byKey(message.key()).filter(t -> !t.deleted()).map(Convert::observed);
      case Hint _, Converted _, Failed _, Audited _ -> Optional.empty();
    };
  }

  private static Observed observed(TagState tag) {
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

  private List<LongshoreRecord> convert(
      Observed observed, RequestedConversion conversion, Progress progress)
      throws TransientFailure, PermanentFailure, InterruptedException {
    progress.require(peer.endpoint());
    Optional<List<LongshoreRecord>> done = doneHere(observed, conversion);
    if (done.isPresent()) {
      return done.get();
    }
    Upstream upstream = upstream(observed, progress);
    upstream.requireOpen();
    Descriptor top = top(observed);
    try (Hold _ = upstream.hold(top.digest())) {
      RequestedConversion possible =
          conversion.onlyFor(upstream.possible(top, conversion.recipe().wantedPlatforms()));
      done = possible.equals(conversion) ? Optional.empty() : doneHere(observed, possible);
      return done.isPresent() ? done.get() : convert(observed, upstream, possible, progress);
    }
  }

  /** What is to be said of an image that this repository was shown to have. */
  private Optional<List<LongshoreRecord>> doneHere(
      Observed observed, RequestedConversion conversion)
      throws TransientFailure, PermanentFailure, InterruptedException {
    Optional<ImageState> here = here(observed, conversion);
    return here.isPresent() ? done(here.get(), observed, conversion) : Optional.empty();
  }

  private Optional<ImageState> here(Observed observed, RequestedConversion conversion) {
    return catalog.conversions().of(observed.digest(), conversion.recipe().key(), observed.name());
  }

  /** A whole image that was made of the same for another repository of the registry, and stands. */
  private Optional<ImageState> elsewhere(Observed observed, RequestedConversion conversion)
      throws TransientFailure, PermanentFailure, InterruptedException {
    for (ImageState image : catalog.conversions().ofDigest(observed.digest())) {
      if (!image.name().registry().equals(observed.name().registry())) {
        continue; // this one's word proves nothing of what another registry has
      }
      if (image.recipe().equals(conversion.recipe().key())
          && done(image, observed, conversion).isPresent()) {
        return Optional.of(image);
      }
    }
    return Optional.empty();
  }

  /** What is to be said of an image that need not be read again. */
  private Optional<List<LongshoreRecord>> done(
      ImageState known, Observed observed, RequestedConversion conversion)
      throws TransientFailure, PermanentFailure, InterruptedException {
    return switch (KnownImageStatus.of(known, conversion, catalog, peer)) {
      case SETTLED ->
          // Who asks by hand wants to know that the copies are there, not that they once were.
          Optional.of(
              observed.origin() == Origin.PUSH
                  ? List.of(announcements.converted(known, observed, conversion))
                  : List.of());
      case HELD -> Optional.of(List.of(announcements.converted(known, observed, conversion)));
      case INCOMPLETE, LOST -> Optional.empty();
    };
  }

  private List<LongshoreRecord> convert(
      Observed observed, Upstream upstream, RequestedConversion conversion, Progress progress)
      throws TransientFailure, PermanentFailure, InterruptedException {
    return spans.in(
        "convert",
        attributes(observed, conversion),
        () -> read(observed, upstream, conversion, progress));
  }

  private List<LongshoreRecord> read(
      Observed observed, Upstream upstream, RequestedConversion conversion, Progress progress)
      throws TransientFailure, PermanentFailure, InterruptedException {
    try (var _ = underWay.take(upstream.endpoint())) {
      progress.require(peer.endpoint());
      upstream.requireOpen();
      ConversionMode mode = modes.of(conversion.recipe());
      ImagePlan plan =
          conversion.of(
              ImageWalk.plan(upstream, top(observed), conversion.recipe().wantedPlatforms()), mode);
      Optional<List<LongshoreRecord>> done = doneHere(observed, conversion);
      if (done.isPresent()) {
        return done.get();
      }
      Optional<ImageState> elsewhere = elsewhere(observed, conversion);
      if (elsewhere.isPresent() && store.isServed(upstream, plan)) {
        return shared(elsewhere.get(), observed, conversion);
      }
      return told(
          store.store(upstream, plan, conversion.recipe(), mode, progress), observed, conversion);
    }
  }

  /**
   * It may have been converted in the meantime, or before, for a repository that did not tell what
   * it serves.
   */
  private List<LongshoreRecord> told(
      StoredImage image, Observed observed, RequestedConversion conversion)
      throws TransientFailure, PermanentFailure, InterruptedException {
    Optional<ImageState> here = here(observed, conversion);
    Optional<List<LongshoreRecord>> done = doneHere(observed, conversion);
    Optional<ImageState> standing = done.isPresent() ? here : Optional.empty();
    if (done.isEmpty() && image.missing().isEmpty()) {
      standing = elsewhere(observed, conversion);
    }
    ImageDag dag = new ImageDag(image.cid());
    if (standing.isEmpty() || standing.get().imageDag().equals(dag)) {
      return announcements.image(image, here, observed, conversion);
    }
    if (catalog.pins().of(dag).isEmpty() && catalog.conversions().recordsByDag(dag).isEmpty()) {
      peer.unpin(image.cid());
    }
    return done.isPresent() ? done.get() : shared(standing.get(), observed, conversion);
  }

  private List<LongshoreRecord> shared(
      ImageState known, Observed observed, RequestedConversion conversion)
      throws TransientFailure, PermanentFailure, InterruptedException {
    var records = new ArrayList<LongshoreRecord>();
    records.add(announcements.shared(known, observed));
    done(known, observed, conversion).ifPresent(records::addAll);
    return records;
  }

  private Upstream upstream(Observed observed, Progress progress) {
    return Upstream.of(source, observed.name().checked(), progress);
  }

  private static Attributes attributes(Observed observed, RequestedConversion conversion) {
    return Attributes.of(
        Spans.DIGEST, observed.digest().toString(), Spans.MODE, conversion.recipe().mode().text());
  }

  private static Descriptor top(Observed observed) {
    return new Descriptor(observed.mediaType(), observed.digest().checked(), observed.size());
  }
}
