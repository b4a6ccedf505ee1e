package dev.longshore.runtime.kafka.follow;

import dev.longshore.events.State;
import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.link.KafkaFailure;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows a small topic of states that no catalog keeps, in memory: committed records only, without
 * a group. Kafka may be away at any time, for any time; the last known states stay valid meanwhile.
 */
public final class StateFollower implements AutoCloseable {
  /** Pause before the next session after a failed one. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** Time that closing waits for the follower's thread, whose calls to Kafka take less. */
  private static final Duration CLOSE_WITHIN = Duration.ofSeconds(10);

  /** Time for each client to close its connection to Kafka, which may be away. */
  private static final Duration GOODBYE_WITHIN = Duration.ofMillis(500);

  /** How long Kafka may hold a fetch without records; these end it. */
  private static final Duration NOTHING_NEW = Duration.ofSeconds(2);

  private static final Logger LOG = LoggerFactory.getLogger(StateFollower.class);

  private final Map<String, Object> connection;
  private final FollowedTopics topics;
  private final String name;
  private final Sink sink;
  private final Clock clock;
  private final RecordDecoder decoder = new RecordDecoder();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final AtomicReference<@Nullable Consumer<byte[], byte[]>> consumer =
      new AtomicReference<>();
  private final AtomicReference<@Nullable Instant> completeAt = new AtomicReference<>();
  private final AtomicReference<@Nullable String> problem = new AtomicReference<>();
  private final AtomicReference<@Nullable String> ended = new AtomicReference<>();
  private final Thread thread;

  /** Receives the topic's states. */
  @FunctionalInterface
  public interface Sink {
    /**
     * All states by their keys: once the topic was first read to its end, and after each change.
     */
    void know(Map<String, State> states);
  }

  /**
   * Creates a follower without starting it.
   *
   * @param connection Kafka client settings: bootstrap.servers, and how to log in
   * @param topicPrefix prefix of this Longshore's topics, may be empty
   * @param topic the topic to follow
   * @param sink called by the follower's thread alone
   * @param clock gives the time of completeness
   */
  public StateFollower(
      Map<String, Object> connection, String topicPrefix, Topic topic, Sink sink, Clock clock) {
    this.connection = Map.copyOf(connection);
    this.topics = new FollowedTopics(topicPrefix, Set.of(topic));
    this.name = topic.name(topicPrefix);
    this.sink = sink;
    this.clock = clock;
    this.thread = new Thread(this::follow, "follower of " + name);
    thread.setDaemon(true);
  }

  /** Starts to read; returns at once. */
  public void start() {
    thread.start();
  }

  /** The age of what is known; empty until all was read once. */
  public Optional<Duration> age() {
    return Optional.ofNullable(completeAt.get())
        .map(at -> Duration.between(at, clock.instant()))
        .map(age -> age.isNegative() ? Duration.ZERO : age);
  }

  /** Why the states may be outdated; empty if they are current. */
  public Optional<String> problem() {
    return ended().or(() -> Optional.ofNullable(problem.get()));
  }

  /** Why reading ended for good, if it did; a {@link #problem} may pass. */
  public Optional<String> ended() {
    return Optional.ofNullable(ended.get());
  }

  @Override
  public void close() {
    closed.countDown();
    Consumer<byte[], byte[]> current = consumer.get();
    if (current != null) {
      current.wakeup();
    }
    if (thread.getState() == Thread.State.NEW) {
      return;
    }
    try {
      if (!thread.join(CLOSE_WITHIN)) {
        LOG.warn("{}: its follower has not ended within {}", name, CLOSE_WITHIN);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void follow() {
    try {
      do {
        followOnce();
      } while (!closed.await(PAUSE.toNanos(), TimeUnit.NANOSECONDS));
    } catch (InterruptedException e) {
      LOG.debug("{}: the follower was interrupted", name, e);
    } catch (RuntimeException | Error e) { // Otherwise reading would end unnoticed.
      String text = "following " + name + " has ended, and goes on only after a restart: " + e;
      ended.set(text);
      LOG.error("{}", text, e);
    }
  }

  private void followOnce() throws InterruptedException {
    try {
      Admin admin = Admin.create(settings());
      try {
        read(admin);
      } finally {
        admin.close(GOODBYE_WITHIN);
      }
    } catch (KafkaException e) {
      note(e);
    }
  }

  private void read(Admin admin) throws InterruptedException {
    Consumer<byte[], byte[]> session = consumer();
    try {
      StateSession reading =
          new StateSession(session, admin, topics, decoder, clock, sink, this::complete);
      reading.open();
      consumer.set(session);
      while (!isClosed()) {
        reading.poll();
      }
    } finally {
      consumer.set(null);
      session.close(CloseOptions.timeout(GOODBYE_WITHIN));
    }
  }

  private void complete(Instant at) {
    completeAt.set(at);
    if (problem.getAndSet(null) != null) {
      LOG.info("{}: is followed again", name);
    }
  }

  private void note(KafkaException e) {
    String text =
        "following %s at %s: %s"
            .formatted(name, connection.get("bootstrap.servers"), KafkaFailure.words(e));
    boolean first = problem.getAndSet(text) == null;
    if (first && !isClosed()) {
      LOG.warn("{}; what was known counts meanwhile, and reading is tried again", text);
    }
  }

  private boolean isClosed() {
    return closed.getCount() == 0;
  }

  private Map<String, Object> settings() {
    Map<String, Object> settings = new HashMap<>(connection);
    settings.put("request.timeout.ms", 4_000);
    settings.put("default.api.timeout.ms", 5_000);
    settings.put("reconnect.backoff.max.ms", 1_000);
    return settings;
  }

  private Consumer<byte[], byte[]> consumer() {
    Map<String, Object> settings = settings();
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", false);
    settings.put("auto.offset.reset", "none");
    settings.put("allow.auto.create.topics", false);
    settings.put("fetch.max.wait.ms", (int) NOTHING_NEW.toMillis());
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }
}
