package dev.longshore.runtime.kafka.follow;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogException;
import dev.longshore.catalog.CatalogSource;
import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.link.KafkaFailure;
import dev.longshore.runtime.kafka.topics.OpenTransaction;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
 * Feeds a catalog from Kafka: all partitions of the state topics and of {@code failed} and {@code
 * retry}, committed records only, without a group. Kafka may be away at any time and for any time.
 */
public final class CatalogFollower implements CatalogSource {
  /** Pause before the next session after a failed one, doubled each time up to the longest. */
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  /** Poll interval of a caller that awaits the end without a session: short, as users wait. */
  private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

  /** Time that closing waits for the follower's thread. */
  private static final Duration CLOSE_WITHIN = Duration.ofSeconds(10);

  /** Time for each client to close its connection to Kafka, which may be away. */
  private static final Duration GOODBYE_WITHIN = Duration.ofMillis(500);

  /** Time limit for finding out why the end is not reached. */
  private static final Duration ASK_WITHIN = Duration.ofSeconds(5);

  private static final String STILL_COME = "records still come";

  private static final Logger log = LoggerFactory.getLogger(CatalogFollower.class);

  private final Map<String, Object> connection;
  private final FollowedTopics topics;
  private final Catalog catalog;
  private final Clock clock;
  private final EndTargets targets = new EndTargets();
  private final RecordDecoder decoder = new RecordDecoder();
  private final ReadProgress progress;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final AtomicReference<@Nullable Clients> clients = new AtomicReference<>();
  private final AtomicReference<@Nullable String> problem = new AtomicReference<>();
  private final AtomicReference<@Nullable String> ended = new AtomicReference<>();
  private boolean sayingGoodbye;
  private final Thread thread = new Thread(this::follow, "catalog-follower");

  /**
   * Creates a follower without starting it.
   *
   * @param connection Kafka client settings: bootstrap.servers, and how to log in
   * @param topicPrefix prefix of this Longshore's topics, may be empty
   * @param catalog the catalog to feed
   * @param clock gives the time of completeness
   */
  public CatalogFollower(
      Map<String, Object> connection, String topicPrefix, Catalog catalog, Clock clock) {
    this(connection, topicPrefix, Catalog.TOPICS, catalog, clock);
  }

  /**
   * The same.
   *
   * @param topics what it follows
   */
  public CatalogFollower(
      Map<String, Object> connection,
      String topicPrefix,
      Set<Topic> topics,
      Catalog catalog,
      Clock clock) {
    this.connection = Map.copyOf(connection);
    this.topics = new FollowedTopics(topicPrefix, topics);
    this.catalog = catalog;
    this.clock = clock;
    this.progress = new ReadProgress(clock);
    thread.setDaemon(true);
  }

  /** The clients of one session. */
  private record Clients(Consumer<byte[], byte[]> consumer, Admin admin) {
    void close() {
      consumer.close(CloseOptions.timeout(GOODBYE_WITHIN));
      admin.close(GOODBYE_WITHIN);
    }
  }

  @Override
  public void start() {
    thread.start();
  }

  @Override
  public void awaitEnd(Duration timeout) throws InterruptedException, TimeoutException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (true) {
      String failure = tryAwaitEnd(deadline);
      if (failure == null) {
        return;
      }
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw new TimeoutException(
            "reading the topics to their end: not done within " + timeout + "; " + failure);
      }
      boolean over = closed.await(Math.min(left, LOOK_AGAIN.toNanos()), TimeUnit.NANOSECONDS);
      if (over) {
        throw new TimeoutException("reading the topics to their end: the catalog closes");
      }
    }
  }

  /** Waits for the current end; returns the reason for a failure, empty if it is reached. */
  private @Nullable String tryAwaitEnd(long deadline) throws InterruptedException {
    Clients current = clients.get();
    if (current == null) {
      return problem().orElse("Kafka was not reached yet");
    }
    try {
      EndLook look =
          topics
              .look(current.admin(), clock.instant(), catalog.writer().positions())
              .get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      var reached = targets.add(look);
      current.consumer().wakeup();
      reached.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      return null;
    } catch (ExecutionException e) {
      return KafkaFailure.words(e);
    } catch (TimeoutException e) {
      Optional<String> problem = problem();
      return problem.isPresent() ? problem.get() : unread(current.admin());
    } catch (IllegalStateException | KafkaException | CatalogException e) {
      // The session has ended meanwhile and closed its clients.
      return String.valueOf(e.getMessage());
    }
  }

  /** Why the end is not reached although Kafka answers. */
  private String unread(Admin admin) throws InterruptedException {
    try {
      return OpenTransaction.in(admin, topics.partitions())
          .get(ASK_WITHIN.toNanos(), TimeUnit.NANOSECONDS)
          .stream()
          .findFirst()
          .map(open -> open.words() + "; " + open.remedy())
          .orElse(STILL_COME);
    } catch (ExecutionException | TimeoutException e) {
      return STILL_COME + "; asking for open transactions: " + KafkaFailure.words(e);
    }
  }

  @Override
  public Optional<Duration> age() {
    return progress
        .completeAt()
        .or(catalog::completeAt)
        .map(a -> Duration.between(a, clock.instant()))
        .map(d -> d.isNegative() ? Duration.ZERO : d);
  }

  /**
   * When it knew everything last, or took new records if it has yet to read what there was. Empty
   * if it did neither since its start.
   */
  public Optional<Instant> turnedAt() {
    return progress.turnedAt();
  }

  @Override
  public Optional<String> problem() {
    return ended().or(() -> Optional.ofNullable(problem.get()));
  }

  /** Why reading ended for good, if it did; a {@link #problem} may pass. */
  public Optional<String> ended() {
    return Optional.ofNullable(ended.get());
  }

  /** Number of unreadable records skipped since the start. */
  public long skipped() {
    return decoder.skipped();
  }

  @Override
  public void close() {
    closed.countDown();
    Clients current = clients.get();
    if (current != null) {
      current.consumer().wakeup();
    }
    interruptUnlessGoodbye();
    if (thread.getState() == Thread.State.NEW) {
      return;
    }
    try {
      if (!thread.join(CLOSE_WITHIN)) {
        log.warn("catalog: the follower has not ended within {}", CLOSE_WITHIN);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void follow() {
    try {
      followUntilClosed();
    } catch (RuntimeException | Error e) { // Otherwise reading would end unnoticed.
      String text = "following Kafka has ended, and goes on only after a restart: " + e;
      ended.set(text);
      log.error("catalog: {}", text, e);
    }
  }

  private void followUntilClosed() {
    Duration pause = FIRST_PAUSE;
    while (!isClosed()) {
      long began = System.nanoTime();
      try {
        followOnce();
      } catch (KafkaException | CatalogException e) {
        note(e);
        serveWhatIsKnown();
      } catch (InterruptedException e) {
        return;
      }
      boolean lasted = System.nanoTime() - began > LONGEST_PAUSE.toNanos();
      pause = lasted ? FIRST_PAUSE : pause.multipliedBy(2);
      pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
      if (pausedUntilClosed(pause)) {
        return;
      }
    }
  }

  private void serveWhatIsKnown() {
    try {
      if (catalog.completeAt().isEmpty()) {
        catalog.writer().prepareToServe();
      }
    } catch (CatalogException e) {
      note(e);
    }
  }

  private void followOnce() throws InterruptedException {
    Clients session = connect();
    beginSession();
    try {
      FollowSession following =
          new FollowSession(
              session.consumer(),
              session.admin(),
              topics,
              catalog.writer(),
              targets,
              decoder,
              clock,
              progress::movedOn,
              this::complete);
      following.open();
      clients.set(session);
      while (!isClosed()) {
        following.poll();
      }
    } finally {
      clients.set(null);
      targets.drop(new IllegalStateException("the session with Kafka ended"));
      boolean interrupted = beginGoodbye();
      session.close();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** From here on closing no longer interrupts, which would make the clients log errors. */
  private synchronized boolean beginGoodbye() {
    sayingGoodbye = true;
    return Thread.interrupted();
  }

  private synchronized void beginSession() {
    sayingGoodbye = false;
    progress.begin();
    if (isClosed()) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void interruptUnlessGoodbye() {
    if (!sayingGoodbye) {
      thread.interrupt();
    }
  }

  private void complete(Instant at) {
    progress.complete(at);
    if (problem.getAndSet(null) != null) {
      log.info("catalog: follows Kafka again");
    }
  }

  private void note(RuntimeException e) {
    String text =
        "following Kafka at " + connection.get("bootstrap.servers") + ": " + KafkaFailure.words(e);
    boolean first = problem.getAndSet(text) == null;
    if (first && !isClosed()) {
      log.warn("catalog: {}; goes on trying", text);
    }
  }

  private boolean isClosed() {
    return closed.getCount() == 0;
  }

  private boolean pausedUntilClosed(Duration pause) {
    try {
      return closed.await(pause.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      return true;
    }
  }

  private Clients connect() {
    Map<String, Object> settings = new HashMap<>(connection);
    settings.put("request.timeout.ms", 4_000);
    settings.put("default.api.timeout.ms", 5_000);
    settings.put("reconnect.backoff.max.ms", 2_000);
    Admin admin = Admin.create(settings);
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", false);
    settings.put("auto.offset.reset", "none");
    settings.put("allow.auto.create.topics", false);
    settings.put("max.poll.records", 2_000);
    // Bounds memory: fetched data waits in the consumer while a batch is kept.
    settings.put("fetch.max.bytes", 8 * 1024 * 1024);
    try {
      return new Clients(
          new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer()),
          admin);
    } catch (KafkaException e) {
      admin.close(GOODBYE_WITHIN);
      throw e;
    }
  }
}
