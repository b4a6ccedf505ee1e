package dev.longshore.runtime.kafka;

import dev.longshore.events.Topic;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partitions assigned to this process. The consumer's thread changes them; any thread may read.
 */
final class Partitions {
  /** Time for interrupted work to stop. */
  private static final Duration INTERRUPTED_WORK_STOPS = Duration.ofSeconds(2);

  /**
   * When a partition of {@code retry} is full (its {@link Turns} defer that until its window is
   * full), records that have waited longer than this make room: they are copied to its end.
   */
  private static final Duration WAITS_IN_PLACE = Duration.ofMinutes(15);

  private static final Logger log = LoggerFactory.getLogger(Partitions.class);

  private final org.apache.kafka.clients.consumer.Consumer<String, byte[]> consumer;
  private final Map<String, Topic> topics;
  private final StartPositions positions;
  private final CatchUp catchUp;
  private final Gaps gaps;
  private final Consumer<Gap> onGap;
  private final BooleanSupplier open;
  private final InstantSource clock;
  private final Map<TopicPartition, Assigned> assigned = new ConcurrentHashMap<>();
  private final AtomicReference<@Nullable String> trouble = new AtomicReference<>();

  /** Why work on some partitions will not begin; unlike the other, it does not pass. */
  private final AtomicReference<@Nullable String> defect = new AtomicReference<>();

  private final List<IntConsumer> onReady = new CopyOnWriteArrayList<>();

  /**
   * @param topics by their names in Kafka
   * @param gaps makes the service look for what was missed
   * @param onGap called if reading could not resume
   * @param open false when the process stops
   */
  Partitions(
      org.apache.kafka.clients.consumer.Consumer<String, byte[]> consumer,
      Map<String, Topic> topics,
      CatchUp catchUp,
      Gaps gaps,
      Consumer<Gap> onGap,
      BooleanSupplier open,
      InstantSource clock) {
    this.consumer = consumer;
    this.topics = Map.copyOf(topics);
    this.positions = new StartPositions(topics);
    this.catchUp = catchUp;
    this.gaps = gaps;
    this.onGap = onGap;
    this.open = open;
    this.clock = clock;
  }

  Optional<Assigned> get(TopicPartition partition) {
    return Optional.ofNullable(assigned.get(partition));
  }

  /** Why work on some partitions does not begin; empty if it does. */
  Optional<String> trouble() {
    return Optional.ofNullable(defect.get())
        .or(gaps::trouble)
        .or(() -> Optional.ofNullable(trouble.get()));
  }

  /** Calls the listener with the number of each work partition on which work can begin. */
  void onReady(IntConsumer listener) {
    onReady.add(listener);
  }

  /** Number of messages that are handled now; those that wait for an endpoint are not. */
  int underWay() {
    return assigned.values().stream().mapToInt(state -> state.workers().busy()).sum();
  }

  /** Records that wait for others of their key or endpoint, to be read again. */
  int putAside() {
    return assigned.values().stream().mapToInt(state -> state.turns().waiting()).sum();
  }

  /** Whether there are any, and all can be worked on and have no unfinished record. */
  boolean areAtRest() {
    return !assigned.isEmpty()
        && assigned.values().stream()
            .allMatch(state -> state.isReady() && state.ledger().isAtRest());
  }

  boolean haveOpenGap() {
    return assigned.values().stream().anyMatch(state -> state.ledger().hasOpenGap());
  }

  /** Opens the rebuild's gap in each partition that is here; others follow as they come. */
  void catalogWasRebuilt() {
    assigned.values().forEach(gaps::lookAfterRebuild);
  }

  /** Starts to read partitions; work begins when the catalog shows everything committed before. */
  void begin(Collection<TopicPartition> partitions) {
    List<Assigned> begun = new ArrayList<>();
    find(partitions).forEach((partition, start) -> begun.add(begin(partition, start)));
    consumer.pause(partitions);
    Thread.ofVirtual().name("catches up").start(() -> makeReady(begun));
  }

  private Assigned begin(TopicPartition partition, StartPositions.Start start) {
    Topic topic = Objects.requireNonNull(topics.get(partition.topic()), partition::toString);
    Ledger ledger = new Ledger(start.offset(), start.finished());
    Assigned state = new Assigned(partition, topic, ledger, clock.instant());
    consumer.seek(partition, start.offset());
    assigned.put(partition, state);
    if (start.gap().isPresent()) {
      onGap.accept(start.gap().get());
      gaps.open(state, start.gap().get());
    } else if (start.stillOpen()) {
      gaps.openAgain(state);
    } else if (!start.committed()) {
      gaps.commit(state);
    }
    return state;
  }

  private Map<TopicPartition, StartPositions.Start> find(Collection<TopicPartition> partitions) {
    while (true) {
      try {
        Map<TopicPartition, StartPositions.Start> found = positions.find(consumer, partitions);
        trouble.set(null);
        return found;
      } catch (TimeoutException e) {
        if (!open.getAsBoolean()) {
          throw e;
        }
        // Kafka keeps positions back that an open transaction may change.
        String text =
            "asking Kafka where to read on: %s; if it lasts, 'longshore doctor' tells whether a transaction never ends"
                .formatted(e.getMessage());
        trouble.set(text);
        log.warn("{}; goes on trying", text);
      }
    }
  }

  private void makeReady(List<Assigned> begun) {
    try {
      catchUp.await(() -> open.getAsBoolean() && !begun.stream().allMatch(Assigned::isGone));
      begun.forEach(Assigned::makeReady);
      begun.forEach(gaps::lookAfterRebuild);
      begun.stream()
          .filter(state -> state.topic() != Topic.RETRY)
          .forEach(state -> onReady.forEach(l -> l.accept(state.partition().partition())));
    } catch (InterruptedException e) {
      log.debug("catching up was interrupted");
    } catch (RuntimeException | Error e) { // Otherwise they would wait unnoticed.
      String text =
          "work on %s does not begin, or goes on in part, until a restart: %s"
              .formatted(begun.stream().map(Assigned::partition).toList(), e);
      defect.set(text);
      log.error("{}", text, e);
    }
  }

  /** Pauses partitions that are full or not ready, and resumes those with room. */
  void pauseAndResume() {
    List<TopicPartition> pause = new ArrayList<>();
    List<TopicPartition> resume = new ArrayList<>();
    Set<TopicPartition> paused = consumer.paused();
    assigned.forEach(
        (partition, state) -> {
          boolean full = state.isFull();
          lookForUnread(partition, state, full);
          state
              .turns()
              .readElsewhere(System.nanoTime())
              .ifPresent(
                  offset -> {
                    consumer.seek(partition, offset);
                    state.ledger().readFrom(offset);
                  });
          if (full && state.topic() == Topic.RETRY) {
            state.workers().interruptIdle(WAITS_IN_PLACE);
          }
          boolean holdBack = full || state.turns().holdsBack() || !state.isReady();
          if (holdBack != paused.contains(partition)) {
            (holdBack ? pause : resume).add(partition);
          }
        });
    consumer.pause(pause);
    consumer.resume(resume);
  }

  /** Kafka reports no end for a partition that is paused because it is full. */
  private void lookForUnread(TopicPartition partition, Assigned state, boolean full) {
    OptionalLong lag = consumer.currentLag(partition);
    if (full || lag.isPresent()) {
      state.unread().looked(full || lag.getAsLong() > 0, clock.instant());
    }
    state.unread().putAside(state.turns().waitingSince().orElse(null));
  }

  /** Since when the oldest unread record has waited, retries excluded. */
  Optional<Instant> unreadSince() {
    return assigned.values().stream()
        .filter(state -> state.topic() != Topic.RETRY)
        .flatMap(state -> state.unread().since().stream())
        .min(Comparator.naturalOrder());
  }

  /** Lets running work end and be committed within the limit, and discards the rest. */
  void release(Collection<TopicPartition> partitions, Duration limit) {
    Assigned.release(take(partitions), limit, INTERRUPTED_WORK_STOPS);
  }

  void releaseAll(Duration limit) {
    release(Set.copyOf(assigned.keySet()), limit);
  }

  /** Discards running work: others may already have the partitions. */
  void lose(Collection<TopicPartition> partitions) {
    take(partitions).forEach(Assigned::lose);
  }

  private List<Assigned> take(Collection<TopicPartition> partitions) {
    List<Assigned> taken = new ArrayList<>();
    for (TopicPartition partition : partitions) {
      Assigned state = assigned.remove(partition);
      if (state != null) {
        taken.add(state);
      }
    }
    return taken;
  }
}
