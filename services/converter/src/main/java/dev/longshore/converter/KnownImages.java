package dev.longshore.converter;

import dev.longshore.catalog.Catalog;
import dev.longshore.converter.mode.RequestedConversion;
import dev.longshore.events.ImageState;
import dev.longshore.events.Observed;
import dev.longshore.events.Origin;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.PeerName;
import dev.longshore.model.ReferrerTags;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.TransientFailure;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/** What the catalog, this process and the ingest peers know about images converted before. */
final class KnownImages {
  private final Catalog catalog;
  private final MadeImages made = new MadeImages();
  private final Intakes intakes;

  KnownImages(Catalog catalog, Intakes intakes) {
    this.catalog = catalog;
    this.intakes = intakes;
  }

  /**
   * An image that may be known.
   *
   * @param at the ingest peer that has it, or had it once its copies stand
   */
  record Found(KnownImage image, PeerName at) {}

  /** The image that this repository has been shown to have. */
  Found here(Observed observed, RequestedConversion conversion)
      throws TransientFailure, PermanentFailure, InterruptedException {
    Optional<ImageState> recorded = recorded(observed, conversion);
    return recorded.isPresent()
        ? of(recorded.get(), conversion)
        : new Found(new KnownImage.Unknown(), intakes.first());
  }

  /** Its record, whether or not any peer still has it. */
  Optional<ImageState> recorded(Observed observed, RequestedConversion conversion) {
    return catalog.conversions().of(observed.digest(), conversion.recipe().key(), observed.name());
  }

  /**
   * A whole image, still pinned, made from the same source for another repository of the registry.
   */
  Optional<ImageState> elsewhere(Observed observed, RequestedConversion conversion)
      throws TransientFailure, PermanentFailure, InterruptedException {
    for (ImageState image : ofDigest(observed)) {
      if (!image.name().registry().equals(observed.name().registry())) {
        continue; // one registry's word proves nothing about another's content
      }
      if (image.recipe().equals(conversion.recipe().key())
          && of(image, conversion).image().standing().isPresent()) {
        return Optional.of(image);
      }
    }
    return Optional.empty();
  }

  /** Remembers a conversion until the catalog shows it. */
  void add(ImageState image) {
    made.add(image);
  }

  private List<ImageState> ofDigest(Observed observed) {
    List<ImageState> recorded = catalog.conversions().ofDigest(observed.digest());
    List<ImageState> unrecorded =
        made.ofDigest(observed.digest()).stream()
            .filter(image -> !image.name().equals(observed.name()))
            .toList();
    return Stream.concat(recorded.stream(), unrecorded.stream()).toList();
  }

  Found of(ImageState image, RequestedConversion conversion)
      throws TransientFailure, PermanentFailure, InterruptedException {
    Optional<PinState> kept = kept(image.imageDag());
    var at =
        new AtomicReference<>(
            kept.flatMap(pin -> Optional.ofNullable(pin.ingestPeer())).orElse(image.ingestPeer()));
    KnownImage known = KnownImage.of(image, kept, conversion.copies(), dag -> isPinned(dag, at));
    return new Found(known, intakes.has(at.get()) ? at.get() : intakes.first());
  }

  private boolean isPinned(Cid dag, AtomicReference<PeerName> at)
      throws TransientFailure, PermanentFailure, InterruptedException {
    Optional<PeerName> holder = intakes.holder(dag, at.get());
    holder.ifPresent(at::set);
    return holder.isPresent();
  }

  /** The pinner's record, unless the copies that it speaks of are on their way out. */
  private Optional<PinState> kept(ImageDag dag) {
    return catalog
        .pins()
        .of(dag)
        .filter(pin -> pin.state() != PinPhase.RELEASING && pin.state() != PinPhase.GONE);
  }

  /**
   * Whether people decided to forget it, or what it belongs to, perhaps since its conversion began.
   */
  boolean isForgotten(Observed observed) {
    return catalog.decisions().isForgotten(observed.digest())
        || Optional.ofNullable(observed.tag())
            .flatMap(ReferrerTags::subject)
            .filter(catalog.decisions()::isForgotten)
            .isPresent();
  }

  /** The same once it is known what its manifest refers to. */
  boolean isForgotten(Observed observed, Optional<Digest> subject) {
    return isForgotten(observed) || subject.filter(catalog.decisions()::isForgotten).isPresent();
  }

  /**
   * Whether nobody wants it made any more: it was forgotten, or is backfill whose tag has moved on
   * since. The next version waits behind it, and what was there before a tag's first look is not
   * mirrored either.
   */
  boolean isGivenUp(Observed observed) {
    return isForgotten(observed)
        || (observed.origin() == Origin.BACKFILL
            && observed.tag() != null
            && catalog
                .tags()
                .byKey(observed.key())
                .filter(now -> !now.deleted() && !now.digest().equals(observed.digest()))
                .filter(now -> now.observedAt().isAfter(observed.observedAt()))
                .isPresent());
  }

  /** Whether all images known to have this DAG are forgotten. */
  boolean isForgotten(ImageDag dag) {
    return catalog.decisions().isForgotten(dag);
  }

  /** Whether neither a conversion nor the pinner needs a pin of this DAG. */
  boolean isNobodys(ImageDag dag) {
    return catalog.pins().of(dag).isEmpty() && catalog.conversions().recordsByDag(dag).isEmpty();
  }
}
