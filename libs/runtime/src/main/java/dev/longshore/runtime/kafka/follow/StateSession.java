package dev.longshore.runtime.kafka.follow;

import dev.longshore.catalog.CatalogRecord;
import dev.longshore.catalog.Partition;
import dev.longshore.events.State;
import dev.longshore.events.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads topics of states from their beginning and follows them until something makes the positions
 * doubtful. Used by one thread. Every method may throw {@link KafkaException}.
 */
final class StateSession {
  /**
   * Longest wait of a poll, which records and a follower that closes end; also the delay until the
   * answer to a probe is noticed.
   */
  private static final Duration POLL = Duration.ofSeconds(1);

  /** Interval of requests for Kafka's ends, which show that nothing is missing. */
  private static final Duration PROBE_EVERY = Duration.ofSeconds(5);

  private static final Logger LOG = LoggerFactory.getLogger(StateSession.class);

  private final Consumer<byte[], byte[]> consumer;
  private final EndProbe probe;
  private final FollowedTopics topics;
  private final RecordDecoder decoder;
  private final StateFollower.Sink sink;
  private final java.util.function.Consumer<Instant> complete;

  private final Map<String, State> states = new HashMap<>();
  private final Map<Partition, Long> positions = new HashMap<>();
  private final EndTargets targets = new EndTargets();
  private Map<Topic, String> ids = Map.of();
  private boolean whole;
  private boolean changed = true;

  /**
   * Creates a session without opening it.
   *
   * @param sink receives all states once everything was read, and after each later change
   * @param complete called with each later instant up to which everything is known
   */
  StateSession(
      Consumer<byte[], byte[]> consumer,
      Admin admin,
      FollowedTopics topics,
      RecordDecoder decoder,
      Clock clock,
      StateFollower.Sink sink,
      java.util.function.Consumer<Instant> complete) {
    this.consumer = consumer;
    this.probe = new EndProbe(admin, topics, clock, PROBE_EVERY);
    this.topics = topics;
    this.decoder = decoder;
    this.sink = sink;
    this.complete = complete;
  }

  void open() throws InterruptedException {
    EndLook look = probe.now(Map.of());
    positions.putAll(probe.earliest());
    ids = look.ids();
    var _ = targets.add(look);
    consumer.assign(topics.partitions());
    topics
        .partitions()
        .forEach(p -> consumer.seek(p, positions.getOrDefault(topics.partition(p), 0L)));
    // An empty topic is known without a poll, which would wait for its first record.
    tell();
  }

  void poll() throws InterruptedException {
    probe.addTo(targets, () -> Map.copyOf(positions));
    try {
      take(consumer.poll(POLL));
    } catch (WakeupException e) {
      LOG.trace("woken, as the follower closes", e);
      return;
    }
    tell();
  }

  private void tell() {
    Optional<String> other = targets.otherThan(ids);
    if (other.isPresent()) {
      throw new KafkaException(other.get());
    }
    Optional<EndTargets.Reached> reached = targets.reach(positions);
    whole |= reached.isPresent();
    if (whole && changed) {
      sink.know(Map.copyOf(states));
      changed = false;
    }
    reached.map(EndTargets.Reached::askedAt).ifPresent(complete);
  }

  private void take(ConsumerRecords<byte[], byte[]> polled) {
    for (ConsumerRecord<byte[], byte[]> raw : polled) {
      take(raw);
      changed = true;
    }
    polled.nextOffsets().forEach((p, o) -> positions.put(topics.partition(p), o.offset()));
  }

  /** An unreadable record removes its key: it might have been a deletion. */
  private void take(ConsumerRecord<byte[], byte[]> raw) {
    Optional<State> state =
        decoder.decode(topics.topic(raw.topic()), raw).map(CatalogRecord::value);
    if (raw.key() != null) {
      String key = new String(raw.key(), StandardCharsets.UTF_8);
      state.ifPresentOrElse(its -> states.put(key, its), () -> states.remove(key));
    }
  }
}
