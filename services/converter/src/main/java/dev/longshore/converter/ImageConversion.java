package dev.longshore.converter;

import dev.longshore.converter.image.Announcements;
import dev.longshore.converter.image.ImageWork;
import dev.longshore.converter.image.StoredImage;
import dev.longshore.converter.ingest.ForgottenMeanwhileException;
import dev.longshore.converter.ingest.IngestPeer;
import dev.longshore.converter.ingest.Spans;
import dev.longshore.converter.mode.ConversionMode;
import dev.longshore.converter.mode.ModeTools;
import dev.longshore.converter.mode.RequestedConversion;
import dev.longshore.converter.source.ImagePlan;
import dev.longshore.converter.source.ImageWalk;
import dev.longshore.converter.source.SharedRegistries;
import dev.longshore.converter.source.SourceRepository;
import dev.longshore.events.ImageState;
import dev.longshore.events.LongshoreRecord;
import dev.longshore.events.Observed;
import dev.longshore.events.Origin;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.PeerName;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.source.Hold;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.Progress;
import dev.longshore.runtime.kafka.step.TransientFailure;
import dev.longshore.runtime.service.turns.FairShare;
import dev.longshore.runtime.service.turns.FairTurns;
import io.opentelemetry.api.common.Attributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Brings one image in one mode to an ingest peer, unless {@link KnownImage} says that it need not
 * be read again.
 */
final class ImageConversion {
  private final KnownImages known;
  private final ModeTools modes;
  private final SharedRegistries sources;
  private final Intakes intakes;
  private final Announcements announcements;
  private final Spans spans;
  private final FairTurns underWay;

  /**
   * @param underWay turns of the images that are being converted
   */
  ImageConversion(
      KnownImages known,
      ModeTools modes,
      SharedRegistries sources,
      Intakes intakes,
      Announcements announcements,
      Spans spans,
      FairTurns underWay) {
    this.known = known;
    this.modes = modes;
    this.sources = sources;
    this.intakes = intakes;
    this.announcements = announcements;
    this.spans = spans;
    this.underWay = underWay;
  }

  /** The records to publish once the image is there; empty if nothing is new. */
  List<LongshoreRecord> convert(
      Observed observed, RequestedConversion conversion, Progress progress)
      throws TransientFailure, PermanentFailure, InterruptedException {
    if (known.isGivenUp(observed)) {
      return List.of();
    }
    intakes.requireOpen(progress);
    Optional<List<LongshoreRecord>> done = doneHere(observed, conversion);
    if (done.isPresent()) {
      return done.get();
    }
    SourceRepository upstream = upstream(observed, progress);
    upstream.requireOpen();
    Descriptor top = top(observed);
    try (Hold _ = upstream.hold(top.digest())) {
      RequestedConversion possible =
          conversion.onlyFor(upstream.possible(top, conversion.recipe().wantedPlatforms()));
      done = possible.equals(conversion) ? Optional.empty() : doneHere(observed, possible);
      return done.isPresent() ? done.get() : convert(observed, upstream, possible, progress);
    }
  }

  /** The records for an image that this repository has been shown to have. */
  private Optional<List<LongshoreRecord>> doneHere(
      Observed observed, RequestedConversion conversion)
      throws TransientFailure, PermanentFailure, InterruptedException {
    return done(known.here(observed, conversion), observed, conversion);
  }

  /** The records for an image that need not be read again. */
  private Optional<List<LongshoreRecord>> done(
      KnownImages.Found found, Observed observed, RequestedConversion conversion) {
    return switch (found.image()) {
      case KnownImage.Settled(ImageState settled) ->
          // A push by hand asks whether the copies are there now, not whether they once were.
          Optional.of(
              observed.origin() == Origin.PUSH
                  ? List.of(announcements.converted(settled, found.at(), observed, conversion))
                  : List.of());
      case KnownImage.Held(ImageState held) ->
          Optional.of(List.of(announcements.converted(held, found.at(), observed, conversion)));
      case KnownImage.Unknown(), KnownImage.Incomplete(_), KnownImage.Lost(_) -> Optional.empty();
    };
  }

  private List<LongshoreRecord> convert(
      Observed observed,
      SourceRepository upstream,
      RequestedConversion conversion,
      Progress progress)
      throws TransientFailure, PermanentFailure, InterruptedException {
    return spans.in(
        "convert",
        attributes(observed, conversion),
        () -> read(observed, upstream, conversion, progress));
  }

  private List<LongshoreRecord> read(
      Observed observed,
      SourceRepository upstream,
      RequestedConversion conversion,
      Progress progress)
      throws TransientFailure, PermanentFailure, InterruptedException {
    try (var _ = underWay.take(upstream.program(), upstream.share())) {
      intakes.requireOpen(progress);
      upstream.requireOpen();
      ConversionMode mode = modes.of(conversion.recipe());
      ImagePlan plan =
          conversion.of(
              ImageWalk.plan(upstream, top(observed), conversion.recipe().wantedPlatforms()), mode);
      Optional<Digest> subject = plan.subject();
      if (known.isForgotten(observed, subject)) {
        return List.of();
      }
      Optional<List<LongshoreRecord>> done = doneHere(observed, conversion);
      if (done.isPresent()) {
        return done.get();
      }
      Optional<ImageState> elsewhere = known.elsewhere(observed, conversion);
      if (elsewhere.isPresent() && intakes.isServed(upstream, plan)) {
        return known.isForgotten(observed, subject)
            ? List.of()
            : shared(elsewhere.get(), observed, conversion);
      }
      ImageWork work = ImageWork.of(upstream, plan, conversion.recipe(), mode);
      return intakes.write(
          work,
          progress,
          place -> {
            BooleanSupplier givenUp =
                () -> known.isGivenUp(observed) || known.isForgotten(observed, subject);
            StoredImage image = place.store().store(upstream, work, givenUp, progress);
            return known.isForgotten(observed, subject)
                ? forgotten(image, place.peer())
                : told(image, place.peer(), observed, conversion);
          });
    } catch (ForgottenMeanwhileException _) {
      return List.of();
    }
  }

  private List<LongshoreRecord> forgotten(StoredImage image, IngestPeer peer)
      throws TransientFailure, PermanentFailure, InterruptedException {
    if (known.isForgotten(new ImageDag(image.cid()))) {
      peer.unpin(image.cid());
    } else {
      letGo(image, peer);
    }
    return List.of();
  }

  /**
   * It may have been converted meanwhile, or earlier for a repository that did not say what it
   * serves.
   */
  private List<LongshoreRecord> told(
      StoredImage image, IngestPeer peer, Observed observed, RequestedConversion conversion)
      throws TransientFailure, PermanentFailure, InterruptedException {
    KnownImages.Found here = known.here(observed, conversion);
    Optional<ImageState> standing = here.image().standing();
    boolean isHere = standing.isPresent();
    if (!isHere && image.missing().isEmpty()) {
      standing = known.elsewhere(observed, conversion);
    }
    ImageDag dag = new ImageDag(image.cid());
    if (standing.isEmpty() || standing.get().imageDag().equals(dag)) {
      List<LongshoreRecord> records =
          announcements.image(
              image,
              new PeerName(peer.name()),
              known.recorded(observed, conversion),
              observed,
              conversion);
      remember(records);
      return records;
    }
    letGo(image, peer);
    return isHere
        ? done(here, observed, conversion).orElseThrow()
        : shared(standing.get(), observed, conversion);
  }

  /** Another repository's name may come before the catalog shows them. */
  private void remember(List<LongshoreRecord> records) {
    for (LongshoreRecord record : records) {
      if (record instanceof ImageState image) {
        known.add(image);
      }
    }
  }

  private void letGo(StoredImage image, IngestPeer peer)
      throws TransientFailure, PermanentFailure, InterruptedException {
    if (known.isNobodys(new ImageDag(image.cid()))) {
      peer.unpin(image.cid());
    }
  }

  private List<LongshoreRecord> shared(
      ImageState other, Observed observed, RequestedConversion conversion)
      throws TransientFailure, PermanentFailure, InterruptedException {
    var records = new ArrayList<LongshoreRecord>();
    records.add(announcements.shared(other, observed));
    done(known.of(other, conversion), observed, conversion).ifPresent(records::addAll);
    return records;
  }

  private SourceRepository upstream(Observed observed, Progress progress) {
    RepositoryName name = observed.name().checked();
    FairShare share = FairShare.of(name, observed.origin());
    return SourceRepository.of(sources.of(name, share), name, share, progress);
  }

  private static Attributes attributes(Observed observed, RequestedConversion conversion) {
    return Attributes.of(
        Spans.DIGEST, observed.digest().toString(), Spans.MODE, conversion.recipe().mode().text());
  }

  private static Descriptor top(Observed observed) {
    return new Descriptor(observed.mediaType(), observed.digest().checked(), observed.size());
  }
}
