package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.NamedDag;
import dev.longshore.events.Converted;
import dev.longshore.events.CopiesState;
import dev.longshore.events.ImageState;
import dev.longshore.events.Origin;
import dev.longshore.events.PinState;
import dev.longshore.events.TagState;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.MalformedCidException;
import dev.longshore.model.PeerName;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.kafka.step.Message;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.service.turns.FairShare;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The copies that a message asks for. */
final class WantedCopies {
  private final Catalog catalog;
  private final Rules rules;
  private final Peers peers;
  private final PeerDecisions decisions;
  private final BooleanSupplier keepsAll;
  private final Clock clock;

  /**
   * @param keepsAll whether no image may lose copies because its rule wants fewer than before
   */
  WantedCopies(
      Catalog catalog,
      Rules rules,
      Peers peers,
      PeerDecisions decisions,
      BooleanSupplier keepsAll,
      Clock clock) {
    this.catalog = catalog;
    this.rules = rules;
    this.peers = peers;
    this.decisions = decisions;
    this.keepsAll = keepsAll;
    this.clock = clock;
  }

  /**
   * The copies that an event asks for, or more if another name of the image does; without an event,
   * those that the rules ask for now. Empty for an unknown DAG.
   */
  Optional<Copies> of(Message message, Optional<PinState> before) {
    List<ImageState> images = catalog.conversions().byDag(ImageDag.stored(message.key()));
    Optional<CopyRule> byNames = images.stream().flatMap(this::rules).reduce(CopyRule::and);
    if (message.body() instanceof Converted event) {
      CopyRule rule =
          byNames
              .map(known -> known.withAtLeast(event.copies()))
              .orElseGet(() -> rule(event.name()).with(event.copies()));
      Copies copies = copies(event.imageDag(), rule, event.ingestPeer(), before);
      copies.holdIngest();
      copies.announced(event.bytes());
      copies.digests(PinSources.of(images, event));
      return Optional.of(copies);
    }
    Optional<Copies> known = known(images, byNames, before);
    known.ifPresent(copies -> copies.digests(PinSources.of(images)));
    return known;
  }

  private Optional<Copies> known(
      List<ImageState> images, Optional<CopyRule> byNames, Optional<PinState> before) {
    return before
        .map(
            pin ->
                copies(
                    pin.imageDag(),
                    byNames.orElseGet(() -> unnamed(images, pin)),
                    pin.ingestPeer(),
                    before))
        .or(() -> images.stream().findFirst().map(missed -> missed(missed, byNames)));
  }

  /** The CID of an image DAG that a message names. */
  static Cid cid(ImageDag dag) throws PermanentFailure {
    try {
      return dag.cid();
    } catch (MalformedCidException e) {
      throw new PermanentFailure(
          "MALFORMED_CID",
          "'%s' was to be pinned but is no CID: %s".formatted(dag, e.getMessage()),
          e);
    }
  }

  /** The rule that applies now to a kept image. */
  CopyRule wanted(PinState pin) {
    List<ImageState> images = catalog.conversions().byDag(pin.imageDag());
    return images.stream()
        .flatMap(this::rules)
        .reduce(CopyRule::and)
        .orElseGet(() -> unnamed(images, pin));
  }

  /**
   * The same, for callers that look at very many.
   *
   * @param named what is known of the image, if anything
   */
  CopyRule wanted(PinState pin, @Nullable NamedDag named) {
    return named == null || named.names().isEmpty()
        ? wanted(pin)
        : named.names().stream().map(this::rule).reduce(CopyRule::and).orElseThrow();
  }

  /** The share of the work: a repository's, backfill's, or upkeep without a push. */
  FairShare share(Message message) {
    if (!(message.body() instanceof Converted event)) {
      return FairShare.UPKEEP;
    }
    Tag tag = event.tag();
    String key =
        tag == null ? TagState.key(event.name(), event.digest()) : TagState.key(event.name(), tag);
    Origin origin = catalog.tags().byKey(key).map(TagState::origin).orElse(Origin.UNKNOWN);
    return FairShare.of(event.name(), origin);
  }

  /**
   * Those of an image known only by its pins, which are to go.
   *
   * @param sources all digests that their names give, which are forgotten
   */
  Copies ofForgotten(ImageDag dag, List<Digest> sources) {
    Copies copies = copies(dag, CopyRule.of(Rules.DEFAULT), null, Optional.empty());
    copies.madeOf(sources);
    return copies;
  }

  /** Whether the image is forgotten, under every digest it was made from. */
  boolean isForgotten(Message message, Copies copies) {
    ImageDag dag = ImageDag.stored(message.key());
    if (message.body() == null && !copies.madeOf().isEmpty() && !isKnown(dag)) {
      return copies.madeOf().stream().allMatch(catalog.decisions()::isForgotten);
    }
    return message.body() instanceof Converted event
        ? catalog.decisions().isForgotten(event.digest())
            && (catalog.decisions().isForgotten(dag)
                || catalog.conversions().firstByDag(dag).isEmpty())
        : catalog.decisions().isForgotten(dag);
  }

  /** Whether any record identifies the image. */
  boolean isKnown(ImageDag dag) {
    return catalog.conversions().firstByDag(dag).isPresent();
  }

  /** What the rules of the image's names ask for. */
  private Stream<CopyRule> rules(ImageState image) {
    return catalog.tags().withDigest(image.digest()).stream()
        .filter(name -> !name.deleted())
        .map(name -> rule(name.name()));
  }

  /**
   * For an image without a name, as many copies as were wanted while it was kept, placed by its
   * repository's rule. A replaced image follows its successor's rule.
   */
  private CopyRule unnamed(List<ImageState> images, PinState pin) {
    CopyRule rule =
        Stream.concat(images.stream(), catalog.conversions().inPlaceOf(pin.imageDag()).stream())
            .findFirst()
            .map(image -> rule(image.name()))
            .orElseGet(() -> CopyRule.of(Rules.DEFAULT));
    return PinRecord.stays(pin) ? rule.with(pin.wanted()) : rule;
  }

  /** For an image whose event never came. */
  private Copies missed(ImageState image, Optional<CopyRule> byNames) {
    CopyRule rule = byNames.orElseGet(() -> rule(image.name()));
    return copies(image.imageDag(), rule, image.ingestPeer(), Optional.empty());
  }

  private CopyRule rule(RepositoryName name) {
    return CopyRule.of(rules.settings(name));
  }

  private Copies copies(
      ImageDag dag, CopyRule rule, @Nullable PeerName ingest, Optional<PinState> before) {
    Optional<CopiesState> recorded = catalog.copies().recorded(dag);
    CopiesState each =
        recorded
            .or(() -> before.map(pin -> catalog.copies().of(pin)))
            .orElseGet(() -> new CopiesState(dag, List.of()));
    return new Copies(
        dag,
        before
            .filter(PinRecord::stays)
            .filter(pin -> pin.wanted() > rule.copies() && keepsAll.getAsBoolean())
            .map(pin -> rule.withAtLeast(pin.wanted()))
            .orElse(rule),
        ingest,
        new Copies.Before(before, recorded, each),
        peers,
        decisions.draining(),
        clock);
  }
}
