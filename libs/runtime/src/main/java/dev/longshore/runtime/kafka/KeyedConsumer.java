package dev.longshore.runtime.kafka;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogSource;
import dev.longshore.catalog.CatalogSubscription;
import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.dispatch.Dispatcher;
import dev.longshore.runtime.kafka.dispatch.Handler;
import dev.longshore.runtime.kafka.dispatch.ProcessTelemetry;
import dev.longshore.runtime.kafka.dispatch.Workers;
import dev.longshore.runtime.kafka.link.KafkaFailure;
import dev.longshore.runtime.kafka.record.Inbound;
import dev.longshore.runtime.kafka.record.KeyPartitions;
import dev.longshore.runtime.kafka.record.ServiceId;
import dev.longshore.runtime.kafka.step.Step;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.service.metrics.LoopTurn;
import dev.longshore.runtime.service.metrics.LoopTurns;
import dev.longshore.runtime.service.metrics.OldestWork;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hosts a service's step on Kafka: a member of the service's consumer group on its work topics and
 * on {@code retry}.
 *
 * <p>One thread polls and never waits for work. Records of one key go through one lane in order,
 * different keys run concurrently on virtual threads; a slow key has a few under way, and those
 * behind it in the partition go ahead ({@link Turns}). The {@link Committer} writes the effects of
 * steps in transactions together with the offsets; the {@link Ledger} of each partition records
 * what ended out of order. Work on a partition begins once the service's catalog shows everything
 * committed before the partition came here. While Kafka is away, everything waits.
 */
public final class KeyedConsumer implements StepHost {
  /** Longest wait of a poll while work is under way: finished work may change what to read. */
  private static final Duration POLL = Duration.ofMillis(100);

  /** The same at rest: only what Kafka sends changes anything, and that ends the poll. */
  private static final Duration LONG_POLL = Duration.ofSeconds(1);

  /** The same while partitions wait to be read; short, for the first record after a start. */
  private static final Duration SHORT_POLL = Duration.ofMillis(10);

  /** Time for nearly finished work when partitions are revoked; below any session timeout. */
  private static final Duration REVOKED_WORK_ENDS = Duration.ofSeconds(3);

  /** Time for the consumer to leave its group, and for the current transaction. */
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  /** A poll takes seconds; beyond this, Kafka ignores our heartbeats as well. */
  private static final Duration TURN_WITHIN = Duration.ofMinutes(10);

  /** Pause after a failure that may last, so that it does not fill the log. */
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);

  private static final Logger log = LoggerFactory.getLogger(KeyedConsumer.class);

  private final ConsumerSettings settings;
  private final Clock clock;
  private final ProcessTelemetry telemetry;
  private final Dispatcher dispatcher;
  private final Committer committer;
  private final CatchUp catchUp;
  private final Set<String> topics;
  private final KafkaConsumer<String, byte[]> consumer;
  private final Connection connection;
  private final Partitions partitions;
  private final CatalogSubscription rebuilds;
  private final AtomicReference<ConsumerGroupMetadata> group;
  private final AtomicReference<@Nullable String> failure = new AtomicReference<>();
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final AtomicReference<Duration> stopLimit = new AtomicReference<>(Duration.ZERO);
  private final LoopTurn turn;
  private final Thread thread;

  /**
   * Creates a consumer without starting it.
   *
   * @param work the work topics whose messages the step handles
   * @param step handles each message
   * @param endpoints the endpoints that parked messages wait for
   * @param catalog this service's catalog, which shows its own records after each commit
   * @param source feeds the catalog; the caller starts and closes both
   * @param onGap called when records may have been missed, or the catalog was rebuilt, so that the
   *     service looks for the missing content; called again after a restart until the service
   *     reports that nothing is missing; runs on a separate thread
   */
  public KeyedConsumer(
      ConsumerSettings settings,
      Set<Topic> work,
      Step step,
      Endpoints endpoints,
      Catalog catalog,
      CatalogSource source,
      Consumer<OpenGap> onGap,
      OpenTelemetry openTelemetry,
      Clock clock) {
    this.settings = settings;
    this.clock = clock;
    String prefix = settings.topicPrefix();
    ServiceId id = settings.id();
    Map<String, Topic> topicsByName = new HashMap<>(Map.of(Topic.RETRY.name(prefix), Topic.RETRY));
    work.forEach(topic -> topicsByName.put(topic.name(prefix), topic));
    this.topics = Set.copyOf(topicsByName.keySet());
    this.telemetry = new ProcessTelemetry(openTelemetry, prefix, id.service(), clock);
    telemetry.reads(topics);
    Handler handler = new Handler(prefix, id, step, endpoints, telemetry, clock);
    this.dispatcher = new Dispatcher(id.service(), handler, endpoints);
    this.catchUp = new CatchUp(source);
    this.consumer =
        new KafkaConsumer<>(
            settings.consumer(), new StringDeserializer(), new ByteArrayDeserializer());
    this.connection = new Connection(consumer.metrics(), settings);
    this.group = new AtomicReference<>(consumer.groupMetadata());
    this.committer =
        new Committer(
            id.service(),
            () ->
                new KafkaProducer<>(
                    settings.producer(), new StringSerializer(), new ByteArraySerializer()),
            group::get,
            new GroupOffsets(settings),
            catchUp,
            catalog,
            new Committed(prefix),
            new CommitBatching<>(
                this::underWay,
                this::behind,
                CommitRequest::hasWorker,
                CommitRequest::endsMessage,
                System::nanoTime));
    this.partitions =
        new Partitions(
            consumer,
            topicsByName,
            catchUp,
            new Gaps(settings.group(), catalog, committer::submit, onGap),
            this::report,
            this::isOpen,
            clock);
    this.turn = new LoopTurns(openTelemetry).of(id.service() + " records", TURN_WITHIN);
    OldestWork.register(
        openTelemetry, id.service(), OldestWork.UNREAD, partitions::unreadSince, clock);
    this.rebuilds = catalog.onRebuilt(partitions::catalogWasRebuilt);
    this.thread = new Thread(this::run, id.service() + " polls");
  }

  @Override
  public void start() {
    committer.start();
    thread.start();
  }

  @Override
  public boolean holds(Topic topic, String key) {
    return ready(topic, key).isPresent();
  }

  @Override
  public void onHeld(IntConsumer listener) {
    partitions.onReady(listener);
  }

  private Optional<Assigned> ready(Topic topic, String key) {
    String name = topic.name(settings.topicPrefix());
    return partitions
        .get(new TopicPartition(name, KeyPartitions.of(key)))
        .filter(Assigned::isReady);
  }

  @Override
  public boolean nudge(Topic topic, String key) {
    return nudge(topic, key, Ledger.UNDER_WAY_LIMIT);
  }

  @Override
  public boolean nudgeWithRoom(Topic topic, String key) {
    return nudge(topic, key, Ledger.UNDER_WAY_LIMIT / 4 * 3);
  }

  private boolean nudge(Topic topic, String key, int most) {
    Optional<Assigned> partition =
        ready(topic, key).filter(state -> state.workers().count() < most);
    Inbound nudge = Inbound.nudge(topic, key, clock.instant());
    partition.ifPresent(state -> dispatcher.dispatch(nudge, new Work(state, Optional.empty())));
    return partition.isPresent();
  }

  private int underWay() {
    return partitions.underWay();
  }

  private int behind() {
    return dispatcher.behind() + partitions.putAside();
  }

  @Override
  public boolean hasOpenGap() {
    return partitions.haveOpenGap();
  }

  @Override
  public Optional<String> trouble() {
    return Optional.ofNullable(failure.get())
        .or(connection::trouble)
        .or(committer::trouble)
        .or(partitions::trouble)
        .or(catchUp::trouble);
  }

  @Override
  public void stop(Duration limit) {
    stopLimit.set(limit);
    rebuilds.close();
    stopping.countDown();
    if (thread.getState() == Thread.State.NEW) {
      consumer.close(CloseOptions.timeout(CLOSE_LIMIT));
      return;
    }
    consumer.wakeup();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isOpen() {
    return stopping.getCount() > 0;
  }

  private void run() {
    try {
      consumer.subscribe(topics, new Rebalance());
      while (isOpen()) {
        try {
          pollOnce();
          turn.turned();
          failure.set(null);
        } catch (WakeupException e) {
          log.debug("{} is to stop", thread.getName());
        } catch (OffsetOutOfRangeException e) {
          partitions.release(e.partitions(), REVOKED_WORK_ENDS);
          partitions.begin(e.partitions());
        } catch (FencedInstanceIdException e) {
          failed("another process works as this instance: give each its own instance name", e);
          return;
        } catch (KafkaException | IllegalStateException e) {
          failed("reading from Kafka: " + KafkaFailure.words(e), e);
          stopping.await(PAUSE_AFTER_FAILURE.toMillis(), TimeUnit.MILLISECONDS);
        }
      }
    } catch (InterruptedException e) {
      log.debug("{} was interrupted", thread.getName());
    } catch (RuntimeException | Error e) { // Otherwise reading would end unnoticed.
      failed("reading from Kafka has ended, and goes on only after a restart: " + e, e);
    } finally {
      end();
    }
  }

  private void failed(String what, Throwable e) {
    if (!what.equals(failure.getAndSet(what))) {
      log.warn("{}", what, e);
    }
  }

  private void end() {
    partitions.releaseAll(stopLimit.get());
    committer.close(CLOSE_LIMIT);
    CloseOptions leave =
        CloseOptions.timeout(CLOSE_LIMIT)
            .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP);
    try {
      consumer.close(leave);
    } catch (KafkaException e) {
      // Others get its partitions when the session times out.
      log.info("leaving group {}: {}", settings.group(), e.getMessage());
    }
  }

  private void pollOnce() {
    for (ConsumerRecord<String, byte[]> record : consumer.poll(pollLimit())) {
      partitions
          .get(new TopicPartition(record.topic(), record.partition()))
          .ifPresent(partition -> take(partition, record));
    }
    group.set(consumer.groupMetadata());
    connection.look(clock.instant());
    partitions.pauseAndResume();
  }

  private Duration pollLimit() {
    if (!consumer.paused().isEmpty()) {
      return SHORT_POLL;
    }
    return partitions.areAtRest() ? LONG_POLL : POLL;
  }

  private void take(Assigned partition, ConsumerRecord<String, byte[]> record) {
    if (!partition.ledger().accept(record.offset())) {
      return;
    }
    Inbound in = Inbound.of(partition.topic(), record);
    partition.unread().read(in.appendedAt());
    Work work = new Work(partition, Optional.of(record.offset()));
    Inbound.Parked parked = in.parked();
    if (in.isFor(settings.id().service())) {
      String name = parked == null ? in.key() : parked.endpoint();
      if (partition.turns().begins(record.offset(), name, in.appendedAt())) {
        dispatcher.dispatch(in, work);
      }
    } else {
      committer.submit(CommitRequest.ofOffset(partition, Optional.of(record.offset())));
    }
  }

  private void report(Gap gap) {
    String topic = gap.topic().name(settings.topicPrefix());
    log.warn(
        "records of {} partition {} may have been missed: reading had ended at {} and goes on at"
            + " {}; what they said is looked for at its source",
        topic,
        gap.partition(),
        gap.from(),
        gap.to());
    telemetry.gap(topic);
  }

  private final class Rebalance implements ConsumerRebalanceListener {
    private boolean first = true;

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> added) {
      group.set(consumer.groupMetadata());
      partitions.begin(added);
      if (first) {
        // Kafka assigned the share of a killed process of this name. If that process was giving up
        // a part of it, the second step of the hand-over is missing, so request it.
        consumer.enforceRebalance("started");
        first = false;
      }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
      // They belong to this process until it releases them, and it is already in the next
      // generation.
      group.set(consumer.groupMetadata());
      partitions.release(revoked, REVOKED_WORK_ENDS);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> lost) {
      partitions.lose(lost);
    }
  }

  private final class Work implements Dispatcher.Work {
    private final Assigned partition;
    private final Optional<Long> offset;

    Work(Assigned partition, Optional<Long> offset) {
      this.partition = partition;
      this.offset = offset;
    }

    @Override
    public Workers workers() {
      return partition.workers();
    }

    @Override
    public void write(List<ProducerRecord<String, byte[]>> records) throws InterruptedException {
      commit(new CommitRequest(partition, records, Optional.empty()));
    }

    @Override
    public void finish(List<ProducerRecord<String, byte[]>> records) throws InterruptedException {
      commit(new CommitRequest(partition, records, offset));
    }

    private void commit(CommitRequest request) throws InterruptedException {
      committer.submit(request);
      request.await();
    }
  }
}
