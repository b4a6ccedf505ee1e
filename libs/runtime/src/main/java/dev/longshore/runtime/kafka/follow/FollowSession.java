package dev.longshore.runtime.kafka.follow;

import dev.longshore.catalog.Batch;
import dev.longshore.catalog.CatalogException;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.catalog.CatalogWriter;
import dev.longshore.catalog.Partition;
import dev.longshore.events.Topic;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the topics from the stored positions until something makes these doubtful; the next
 * session then checks them again. Used by one thread. Every method may throw {@link KafkaException}
 * and {@link CatalogException}.
 */
final class FollowSession {
  /**
   * Longest wait of a poll; also the delay until the answer to a probe is noticed. Records and a
   * request for the end end it.
   */
  private static final Duration POLL = Duration.ofSeconds(1);

  /**
   * Interval of requests for Kafka's ends, which show the age of the state: each names every
   * partition.
   */
  private static final Duration PROBE_EVERY = Duration.ofSeconds(5);

  /** Interval of storing the time of the last complete look. */
  private static final Duration NOTE_EVERY = Duration.ofSeconds(10);

  /**
   * Pause after a poll that brought only records that this process has stored already: a poll makes
   * the broker look at every partition, and nobody here waits for it.
   */
  private static final Duration NOTHING_NEW = Duration.ofMillis(50);

  /** Longest time for which positions are kept in memory alone; a restart reads from older ones. */
  private static final Duration POSITIONS_KEPT = Duration.ofSeconds(1);

  private static final Logger log = LoggerFactory.getLogger(FollowSession.class);

  private final Consumer<byte[], byte[]> consumer;
  private final EndProbe probe;
  private final FollowedTopics topics;
  private final CatalogWriter writer;
  private final EndTargets targets;
  private final RecordDecoder decoder;
  private final Runnable movedOn;
  private final java.util.function.Consumer<Instant> complete;

  private final Map<Partition, Long> positions = new HashMap<>();
  private final Map<Partition, Long> unwritten = new HashMap<>();
  private final CountDownLatch never = new CountDownLatch(1);
  private boolean nothingNew;
  private long writtenAtNanos = System.nanoTime();
  private Map<Topic, String> ids = Map.of();
  private @Nullable Instant noted;

  /** Ends of the topic that is read before all others; empty once it is. */
  private Map<Partition, Long> first = Map.of();

  /**
   * Creates a session without opening it.
   *
   * @param movedOn called when records came that were not known
   * @param complete called with each later instant up to which everything is known
   */
  FollowSession(
      Consumer<byte[], byte[]> consumer,
      Admin admin,
      FollowedTopics topics,
      CatalogWriter writer,
      EndTargets targets,
      RecordDecoder decoder,
      Clock clock,
      Runnable movedOn,
      java.util.function.Consumer<Instant> complete) {
    this.consumer = consumer;
    this.probe = new EndProbe(admin, topics, clock, PROBE_EVERY);
    this.topics = topics;
    this.writer = writer;
    this.targets = targets;
    this.decoder = decoder;
    this.movedOn = movedOn;
    this.complete = complete;
  }

  /** Decides where to start reading, and seeks there. */
  void open() throws InterruptedException {
    Map<Partition, Long> earliest = probe.earliest();
    Map<Partition, Long> stored = writer.positions();
    EndLook look = probe.now(writer.known(stored));
    StartPoint start = StartPoint.of(writer, stored, look, earliest);
    writer.begin();
    switch (start.again()) {
      case NO -> {}
      case SAME_TOPICS -> {
        log.info("catalog: reads the topics from their beginning, because {}", start.why());
        writer.startAgain(false);
      }
      case NEW_TOPICS -> {
        log.warn(
            "catalog: Kafka has lost what the local store was made of ({}); the store begins anew,"
                + " and what registries, nodes and peers have is looked for again",
            start.why());
        writer.startAgain(true);
      }
    }
    ids = look.ids();
    writer.topicIds(ids);
    positions.putAll(start.positions());
    consumer.assign(topics.partitions());
    topics
        .partitions()
        .forEach(p -> consumer.seek(p, positions.getOrDefault(topics.partition(p), 0L)));
    readDecisionsFirst(look);
  }

  /** Decisions come first: an image must not be known before the decision to forget it. */
  private void readDecisionsFirst(EndLook look) {
    first =
        look.ends().entrySet().stream()
            .filter(e -> e.getKey().topic() == Topic.DECISIONS)
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    consumer.pause(
        topics.partitions().stream().filter(p -> !first.containsKey(topics.partition(p))).toList());
    goOn();
  }

  private void goOn() {
    boolean read =
        first.entrySet().stream()
            .allMatch(e -> positions.getOrDefault(e.getKey(), 0L) >= e.getValue());
    if (read) {
      first = Map.of();
      consumer.resume(consumer.paused());
    }
  }

  /** Reads once. */
  void poll() throws InterruptedException {
    if (pauses()) {
      boolean _ = never.await(NOTHING_NEW.toNanos(), TimeUnit.NANOSECONDS);
    }
    probe.addTo(targets, () -> writer.known(positions));
    try {
      keep(consumer.poll(POLL));
    } catch (WakeupException e) {
      // A caller asks for the end, or the follower closes.
      log.trace("catalog: woken", e);
      nothingNew = false;
    }
    Optional<String> other = targets.otherThan(ids);
    if (other.isPresent()) {
      throw new KafkaException(other.get());
    }
    targets.reach(positions).ifPresent(this::reached);
  }

  /** Whether to pause before the next poll. */
  boolean pauses() {
    return nothingNew && !targets.areAny();
  }

  private void reached(EndTargets.Reached reached) {
    Instant askedAt = reached.askedAt();
    if (noted == null || askedAt.isAfter(noted.plus(NOTE_EVERY))) {
      writer.complete(askedAt);
      noted = askedAt;
    }
    complete.accept(askedAt);
    reached.complete();
  }

  private void keep(ConsumerRecords<byte[], byte[]> polled) {
    List<CatalogRecord> records = new ArrayList<>();
    boolean anyNew = false;
    for (ConsumerRecord<byte[], byte[]> raw : polled) {
      Topic topic = topics.topic(raw.topic());
      if (!writer.has(new Partition(topic, raw.partition()), raw.offset())) {
        anyNew = true;
        decoder.decode(topic, raw).ifPresent(records::add);
      }
    }
    Map<Partition, Long> next = new HashMap<>();
    polled.nextOffsets().forEach((p, o) -> next.put(topics.partition(p), o.offset()));
    unwritten.putAll(next);
    if (anyNew || isToBeWritten(polled.isEmpty())) {
      writer.apply(new Batch(records, unwritten));
      unwritten.clear();
      writtenAtNanos = System.nanoTime();
    }
    if (anyNew) {
      movedOn.run();
    }
    positions.putAll(next);
    if (!first.isEmpty()) {
      goOn();
    }
    nothingNew = !polled.isEmpty() && !anyNew;
  }

  private boolean isToBeWritten(boolean idle) {
    boolean due = System.nanoTime() - writtenAtNanos > POSITIONS_KEPT.toNanos();
    return !unwritten.isEmpty() && (idle || due);
  }
}
