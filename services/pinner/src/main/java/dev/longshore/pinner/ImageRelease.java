package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.retention.Surplus.Verdict;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.events.Topic;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.model.PeerName;
import dev.longshore.pinner.InventoryDifferences.Doubt;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Effects.Deletion;
import dev.longshore.runtime.kafka.step.Progress;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * The part of the step that removes images from peers: those no rule keeps, and those people
 * decided to forget.
 */
final class ImageRelease {
  private final Catalog catalog;
  private final Peers peers;
  private final Retention retention;
  private final Release release;
  private final RetryDelays delays;
  private final InstantSource clock;

  ImageRelease(
      Catalog catalog,
      Peers peers,
      Retention retention,
      Release release,
      RetryDelays delays,
      InstantSource clock) {
    this.catalog = catalog;
    this.peers = peers;
    this.retention = retention;
    this.release = release;
    this.delays = delays;
    this.clock = clock;
  }

  /** Whether an image stays. */
  sealed interface Fate {
    /**
     * Its copies are maintained.
     *
     * @param as kept or surplus
     */
    record Stays(PinPhase as) implements Fate {}

    /**
     * It is being removed, is gone, or is undecided.
     *
     * @param effects of the removal so far
     */
    record Goes(Effects effects) implements Fate {}
  }

  /**
   * Decides the fate of an image without a new push, and continues its release if it has to go.
   *
   * @param isKnown whether any record identifies the image
   */
  Fate fate(Cid dag, Copies copies, Doubt doubt, boolean isKnown, Progress progress)
      throws InterruptedException {
    ImageDag imageDag = new ImageDag(dag);
    if (!isKnown && !copies.stays() && !isNeededAgain(imageDag, copies)) {
      // It is about to arrive and may be forgotten, or it was released.
      return new Fate.Goes(end(dag, copies, progress));
    }
    return switch (verdict(imageDag)) {
      case WANTED -> new Fate.Stays(PinPhase.KEPT);
      case TO_GO ->
          waits(imageDag, copies)
              ? new Fate.Stays(PinPhase.SURPLUS)
              : new Fate.Goes(goOn(dag, copies, doubt, progress));
      case UNKNOWN -> copies.stays() ? new Fate.Stays(copies.phase()) : new Fate.Goes(Effects.NONE);
    };
  }

  /** Removes a forgotten image, with its blocks, from all peers. */
  Effects forget(
      Cid dag, Copies copies, Doubt doubt, BooleanSupplier stillForgotten, Progress progress)
      throws InterruptedException {
    Effects going =
        release(dag, copies, doubt.peers(), stillForgotten, Release.Blocks.GO, progress);
    ImageDag imageDag = new ImageDag(dag);
    return !copies.madeOf().isEmpty() && isOver(copies) && retention.isUnknown(imageDag)
        ? withoutRecords(imageDag)
        : going;
  }

  /**
   * Ends the records of an image that nothing tells of but its pins, once it is not to be forgotten
   * any more: those that are left stay, as ever without a record.
   */
  Effects leaveAlone(Cid dag) {
    return withoutRecords(new ImageDag(dag));
  }

  private Verdict verdict(ImageDag dag) {
    return retention.verdict(dag);
  }

  /**
   * Whether an unwanted image stays for now: in its grace period, by a guard, or because its
   * replacement cannot be seen.
   */
  private boolean waits(ImageDag dag, Copies copies) throws InterruptedException {
    return switch (copies.phase()) {
      case KEPT, UNKNOWN -> true;
      case SURPLUS -> !retention.mayGo(dag, copies.since()) || !othersStandIn(dag);
      case RELEASING, GONE -> false;
    };
  }

  /** Continues the release of an unwanted image. */
  private Effects goOn(Cid dag, Copies copies, Doubt doubt, Progress progress)
      throws InterruptedException {
    if (copies.phase() == PinPhase.GONE && doubt.peers().isEmpty()) {
      return copies.takeChanges();
    }
    ImageDag imageDag = new ImageDag(dag);
    return release(
        dag,
        copies,
        doubt.peers(),
        () -> verdict(imageDag) == Verdict.TO_GO,
        Release.Blocks.STAY,
        progress);
  }

  /** Whether a partly released image is needed again because its replacement is gone. */
  private boolean isNeededAgain(ImageDag dag, Copies copies) {
    return !copies.leaving().isEmpty() && retention.isFormer(dag) && verdict(dag) == Verdict.WANTED;
  }

  /**
   * Whether enough peers now confirm the replacement of a former image: records may not show a loss
   * yet.
   */
  private boolean othersStandIn(ImageDag dag) throws InterruptedException {
    if (!retention.isFormer(dag)) {
      return true;
    }
    Set<ImageDag> successors =
        catalog.conversions().inPlaceOf(dag).stream()
            .map(ImageState::imageDag)
            .collect(Collectors.toSet());
    for (ImageDag successor : successors) {
      Optional<PinState> pin = catalog.pins().of(successor);
      if (pin.isEmpty() || (PinRecord.stays(pin.get()) && !isThere(pin.get()))) {
        return false;
      }
    }
    return true;
  }

  private boolean isThere(PinState pin) throws InterruptedException {
    return release.arePinned(
        pin.imageDag().cid(),
        peers.verified(catalog.copies().of(pin.imageDag())),
        pin.min() == null ? pin.wanted() : pin.min());
  }

  private Effects release(
      Cid dag,
      Copies copies,
      Set<PeerName> doubted,
      BooleanSupplier stillUnwanted,
      Release.Blocks blocks,
      Progress progress)
      throws InterruptedException {
    release.release(dag, copies, doubted, stillUnwanted, blocks, progress);
    copies.tries().planNextReleases(delays);
    return copies.takeChanges();
  }

  /**
   * Deletes the records of a released, unknown image once all followers have seen that it is gone.
   * A peer that had left the settings may have kept its pin until now.
   */
  private Effects end(Cid dag, Copies copies, Progress progress) throws InterruptedException {
    ImageDag imageDag = new ImageDag(dag);
    if (!mayEnd(imageDag)) {
      return Effects.NONE;
    }
    if (!copies.leaving().isEmpty()) {
      return othersStandIn(imageDag)
          ? release(dag, copies, Set.of(), () -> mayEnd(imageDag), Release.Blocks.STAY, progress)
          : Effects.NONE;
    }
    return isOver(copies) ? withoutRecords(imageDag) : Effects.NONE;
  }

  /** Whether it is gone, and so long that all have seen it. */
  private boolean isOver(Copies copies) {
    return copies.phase() == PinPhase.GONE
        && !copies.mayBeLeft()
        && !clock.instant().isBefore(copies.since().plus(Retention.RECORDS_STAY));
  }

  private static Effects withoutRecords(ImageDag dag) {
    String key = PinState.key(dag);
    return new Effects(
        List.of(),
        List.of(new Deletion(Topic.COPIES, key), new Deletion(Topic.PINS, key)),
        List.of());
  }

  private boolean mayEnd(ImageDag dag) {
    return retention.isFormer(dag) ? verdict(dag) == Verdict.TO_GO : retention.isUnknown(dag);
  }
}
