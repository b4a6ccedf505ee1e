package dev.longshore.runtime.kafka.write;

import dev.longshore.catalog.CatalogRecord;
import dev.longshore.events.State;
import dev.longshore.runtime.kafka.follow.RecordDecoder;
import dev.longshore.runtime.kafka.record.Envelopes;
import dev.longshore.runtime.kafka.record.KeyPartitions;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Writes the state of a key from any process with the right to, without a service. Each key has its
 * own transactional id, so Kafka fences all writers but the latest, and that one has read what all
 * before it committed.
 *
 * @param <S> the states that it writes
 */
public final class StateWriter<S extends State> {
  private static final Duration POLL = Duration.ofMillis(200);

  private final WrittenState<S> what;
  private final Map<String, Object> connection;
  private final String topicPrefix;
  private final Envelopes envelopes;
  private final Duration limit;
  private final Producers producers;

  /** Creates Kafka clients from settings. */
  @FunctionalInterface
  interface Producers {
    Producer<String, byte[]> of(Map<String, Object> settings);
  }

  /**
   * For one Longshore.
   *
   * @param what it writes
   * @param connection Kafka client settings: bootstrap.servers, and how to log in
   * @param sender name of the writing program, for {@code ce_source}
   * @param limit for each step of a write: to begin, to read, to commit
   */
  public StateWriter(
      WrittenState<S> what,
      Map<String, Object> connection,
      String topicPrefix,
      String sender,
      Duration limit,
      Clock clock) {
    this(
        what,
        connection,
        topicPrefix,
        sender,
        limit,
        clock,
        settings ->
            new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer()));
  }

  StateWriter(
      WrittenState<S> what,
      Map<String, Object> connection,
      String topicPrefix,
      String sender,
      Duration limit,
      Clock clock,
      Producers producers) {
    this.producers = producers;
    this.what = what;
    this.connection = Map.copyOf(connection);
    this.topicPrefix = topicPrefix;
    this.envelopes = new Envelopes(topicPrefix, sender, clock);
    this.limit = limit;
  }

  /**
   * Computes the next state from the current one.
   *
   * @param <S> the states that are written
   * @param <X> thrown when there is no next state
   */
  @FunctionalInterface
  public interface Next<S extends State, X extends Exception> {
    /** The state to write; empty to leave the current one. */
    Optional<S> after(Optional<S> current) throws X;
  }

  /**
   * Reads the current state and writes the next one.
   *
   * @return what was written; empty if nothing was
   * @throws OvertakenException when another process is writing it
   * @throws KafkaException when Kafka refuses or does not answer; after a time-out it may have been
   *     written anyway
   */
  public <X extends Exception> Optional<S> write(String key, Next<S, X> next)
      throws X, OvertakenException, InterruptedException {
    Producer<String, byte[]> producer = producer(key);
    Optional<S> following = Optional.empty();
    boolean ended = false;
    try {
      // Before reading: from here on nobody before this writer can commit.
      producer.initTransactions();
      following = next.after(current(key));
      if (following.isPresent()) {
        S state = following.get();
        producer.beginTransaction();
        var _ = producer.send(envelopes.seal(state, what.eventId().apply(state)));
        producer.commitTransaction();
      }
      ended = true;
      return following;
    } catch (ProducerFencedException | InvalidProducerEpochException e) {
      // The next writer may have come between the commit and its confirmation.
      Optional<S> there = current(key);
      if (following.isPresent() && there.equals(following)) {
        return following;
      }
      throw new OvertakenException(
          "somebody else is writing %s %s; look again".formatted(what.words(), key), there);
    } catch (InvalidTxnStateException e) {
      // Kafka also says this when a commit is repeated after its answer was lost.
      if (following.isPresent() && current(key).equals(following)) {
        return following;
      }
      throw e;
    } catch (InterruptException e) {
      // Kafka's unchecked version, which has set the thread's flag again.
      Thread.interrupted();
      throw new InterruptedException("writing %s %s: interrupted".formatted(what.words(), key));
    } finally {
      producer.close(ended ? limit : Duration.ZERO);
    }
  }

  private Producer<String, byte[]> producer(String key) {
    int millis = Math.toIntExact(limit.toMillis());
    Map<String, Object> settings = new HashMap<>(connection);
    settings.put("client.id", id(key));
    settings.put("transactional.id", id(key));
    // A killed writer blocks the readers of its partition no longer than this.
    settings.put("transaction.timeout.ms", millis);
    settings.put("max.block.ms", millis);
    settings.put("request.timeout.ms", millis);
    settings.put("delivery.timeout.ms", millis);
    settings.put("linger.ms", 0);
    return producers.of(settings);
  }

  private String id(String key) {
    return topicPrefix + what.transactions() + key;
  }

  /** The committed state, once every open transaction of its partition has ended. */
  private Optional<S> current(String key) throws InterruptedException {
    TopicPartition partition =
        new TopicPartition(what.topic().name(topicPrefix), KeyPartitions.of(key));
    long until = System.nanoTime() + limit.toNanos();
    long end = end(partition);
    Optional<S> last = Optional.empty();
    RecordDecoder decoder = new RecordDecoder();
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      while (consumer.position(partition, limit) < end) {
        if (System.nanoTime() > until) {
          throw new TimeoutException(
              "reading %s: its end was not reached in %s".formatted(partition, limit));
        }
        for (ConsumerRecord<byte[], byte[]> raw : consumer.poll(POLL)) {
          Optional<CatalogRecord> read = decoder.decode(what.topic(), raw);
          if (read.isPresent() && read.get().key().equals(key)) {
            last = Optional.ofNullable(what.type().cast(read.get().value()));
          }
        }
      }
    }
    return last;
  }

  /**
   * The end, uncommitted records included: the last stable offset hides even committed records
   * behind another key's open transaction.
   */
  private long end(TopicPartition partition) throws InterruptedException {
    Map<String, Object> settings = new HashMap<>(connection);
    limit(settings);
    Admin admin = Admin.create(settings);
    try {
      return admin
          .listOffsets(
              Map.of(partition, OffsetSpec.latest()),
              new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED))
          .partitionResult(partition)
          .get()
          .offset();
    } catch (ExecutionException e) {
      throw new KafkaException("asking for the end of " + partition, e.getCause());
    } finally {
      admin.close(Duration.ZERO);
    }
  }

  /** Kafka's clients reject a request timeout longer than the timeout of the whole call. */
  private void limit(Map<String, Object> settings) {
    settings.put("request.timeout.ms", Math.toIntExact(limit.toMillis()));
    settings.put("default.api.timeout.ms", Math.toIntExact(limit.toMillis()));
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    Map<String, Object> settings = new HashMap<>(connection);
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", false);
    settings.put("auto.offset.reset", "earliest");
    limit(settings);
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }
}
