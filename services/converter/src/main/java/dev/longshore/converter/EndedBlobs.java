package dev.longshore.converter;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.BlobState;
import dev.longshore.events.Topic;
import dev.longshore.model.MalformedCidException;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Effects.Deletion;
import dev.longshore.runtime.kafka.step.Message;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.TransientFailure;
import dev.longshore.runtime.service.metrics.LoopTurn;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the records of blobs that no ingest peer has any more: what no image there needs was
 * collected. A record is a hint that every conversion checks. So one that ends while a conversion
 * brings the blob again costs a read, and nothing else.
 */
public final class EndedBlobs extends RepeatedLook {
  /** Pause between two looks: what is to end is in nobody's way. */
  static final Duration EVERY = Duration.ofMinutes(10);

  /** Records in one look: 290,000 a day, each with one question to a node. */
  private static final int PAGE = 2_000;

  private static final Logger LOG = LoggerFactory.getLogger(EndedBlobs.class);

  private final Catalog catalog;
  private final Supplier<Intakes> intakes;
  private final Predicate<String> nudge;

  /** For the step that was asked, by key. */
  private final Map<String, BlobState> ending = new ConcurrentHashMap<>();

  private @Nullable String after;

  /**
   * @param intakes the ingest peers of the current settings
   * @param nudge asks the step to look at a blob's key; false if it will not now
   * @param every pause between two looks
   */
  EndedBlobs(
      Catalog catalog,
      Supplier<Intakes> intakes,
      Predicate<String> nudge,
      Duration every,
      LoopTurn turn) {
    super("ended blobs", every, turn);
    this.catalog = catalog;
    this.intakes = intakes;
    this.nudge = nudge;
  }

  @Override
  void look() throws TransientFailure, PermanentFailure, InterruptedException {
    List<BlobState> page = catalog.conversions().blobs(after, PAGE);
    for (BlobState blob : page) {
      if (isLost(blob)) {
        ending.put(blob.key(), blob);
        if (!nudge.test(blob.key())) {
          ending.remove(blob.key());
        }
      }
    }
    after = page.size() < PAGE ? null : page.getLast().key();
  }

  /** Of a peer that is not one of them nothing is known here. */
  private boolean isLost(BlobState blob)
      throws TransientFailure, PermanentFailure, InterruptedException {
    Intakes now = intakes.get();
    try {
      return now.has(blob.ingestPeer()) && !now.anyHolds(blob.cid().checked());
    } catch (MalformedCidException e) {
      LOG.debug("the record of a blob stays as it is: {}", e.getMessage());
      return false;
    }
  }

  /** What the step does with a blob whose record is to end; empty if it is about another. */
  Optional<Effects> ended(Message message)
      throws TransientFailure, PermanentFailure, InterruptedException {
    @Nullable BlobState blob = message.body() == null ? ending.remove(message.key()) : null;
    if (blob == null) {
      return Optional.empty();
    }
    boolean isSame =
        catalog
            .conversions()
            .blob(blob.digest(), blob.transform())
            .filter(blob::equals)
            .isPresent();
    return Optional.of(
        isSame && isLost(blob)
            ? new Effects(List.of(), List.of(new Deletion(Topic.BLOBS, blob.key())), List.of())
            : Effects.NONE);
  }
}
