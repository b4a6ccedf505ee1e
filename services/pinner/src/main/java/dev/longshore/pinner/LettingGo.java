package dev.longshore.pinner;

import dev.longshore.catalog.retention.Surplus.Verdict;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.events.Topic;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.pinner.Doubts.Doubt;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Effects.Deletion;
import dev.longshore.runtime.kafka.step.Progress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** The part of the step that takes off the peers what no rule keeps any longer. */
final class LettingGo {
  private final Retention retention;
  private final Release release;
  private final RetryDelays delays;
  private final InstantSource clock;

  LettingGo(Retention retention, Release release, RetryDelays delays, InstantSource clock) {
    this.retention = retention;
    this.release = release;
    this.delays = delays;
    this.clock = clock;
  }

  Verdict verdict(ImageDag dag) {
    return retention.verdict(dag);
  }

  /** Whether an image that nothing wants stays for now: for its time of grace, or by a guard. */
  boolean waits(ImageDag dag, Copies copies) {
    return switch (copies.phase()) {
      case KEPT, UNKNOWN -> true;
      case SURPLUS -> !retention.mayGo(dag, copies.since());
      case RELEASING, GONE -> false;
    };
  }

  /** Goes on with the release of an image that nothing wants. */
  Effects goOn(Cid dag, Copies copies, Doubt doubt, Progress progress) throws InterruptedException {
    if (copies.phase() != PinPhase.GONE || !doubt.peers().isEmpty()) {
      release(dag, copies, doubt, progress);
    }
    return copies.takeChanges();
  }

  private void release(Cid dag, Copies copies, Doubt doubt, Progress progress)
      throws InterruptedException {
    ImageDag imageDag = new ImageDag(dag);
    release.release(
        dag,
        copies,
        doubt.peers(),
        () -> retention.verdict(imageDag) == Verdict.TO_GO,
        Release.Blocks.STAY,
        progress);
    copies.planNextReleases(delays);
  }

  /** The end of the records of what is gone for so long that all have seen it. */
  Effects ended(PinState pin) {
    Instant since = pin.stateSince() == null ? pin.changedAt() : pin.stateSince();
    if (clock.instant().isBefore(since.plus(Retention.RECORDS_STAY))) {
      return Effects.NONE;
    }
    String key = pin.key();
    return new Effects(
        List.of(),
        List.of(new Deletion(Topic.COPIES, key), new Deletion(Topic.PINS, key)),
        List.of());
  }
}
