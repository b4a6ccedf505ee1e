package dev.longshore.runtime.kafka.decision;

import dev.longshore.catalog.CatalogRecord;
import dev.longshore.events.DecisionState;
import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.follow.RecordDecoder;
import dev.longshore.runtime.kafka.record.Envelopes;
import dev.longshore.runtime.kafka.record.KeyPartitions;
import dev.longshore.runtime.kafka.topics.TopicCommands;
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
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Writes decisions from any process that has the right to, without a service. Each decision has a
 * transactional id of its own, so Kafka lets only the writer commit that came last; that one has
 * read what all before it committed.
 */
public final class DecisionWriter {
  private static final Duration POLL = Duration.ofMillis(200);

  private final Map<String, Object> connection;
  private final String topicPrefix;
  private final Envelopes envelopes;
  private final Duration limit;

  /**
   * For one Longshore.
   *
   * @param connection Kafka client settings: bootstrap.servers, and how to log in
   * @param sender name of the writing program, for {@code ce_source}
   * @param limit for each step of a write: to begin, to read, to commit
   */
  public DecisionWriter(
      Map<String, Object> connection,
      String topicPrefix,
      String sender,
      Duration limit,
      Clock clock) {
    this.connection = Map.copyOf(connection);
    this.topicPrefix = topicPrefix;
    this.envelopes = new Envelopes(topicPrefix, sender, clock);
    this.limit = limit;
  }

  /** Whether a decision may follow what is there. */
  @FunctionalInterface
  private interface Follows {
    boolean test(Optional<DecisionState> current) throws DecisionChangedException;
  }

  /**
   * Writes the decision if the version before it is there: none before version 1.
   *
   * @throws DecisionChangedException when another one is there, or somebody else is writing it
   * @throws KafkaException when Kafka refuses or does not answer; after a time-out it may have been
   *     written anyway
   */
  public void write(DecisionState next) throws DecisionChangedException, InterruptedException {
    var _ =
        write(
            next,
            current -> {
              if (version(current) == next.version() - 1) {
                return true;
              }
              throw new DecisionChangedException(
                  "decision %s is %s; look again".formatted(next.id(), words(current)), current);
            });
  }

  /**
   * Writes the decision as it is, unless the same version or a later one is there.
   *
   * @return whether it was written
   * @throws DecisionChangedException when somebody else is writing it
   * @throws KafkaException as {@link #write(DecisionState)} does
   */
  public boolean writeIfNewer(DecisionState decision)
      throws DecisionChangedException, InterruptedException {
    return write(decision, current -> version(current) < decision.version());
  }

  private static int version(Optional<DecisionState> current) {
    return current.map(DecisionState::version).orElse(0);
  }

  private static String words(Optional<DecisionState> current) {
    return current
        .map(d -> "at version " + d.version() + (d.undone() == null ? "" : ", undone"))
        .orElse("not there");
  }

  private boolean write(DecisionState decision, Follows follows)
      throws DecisionChangedException, InterruptedException {
    String key = decision.key();
    KafkaProducer<String, byte[]> producer = producer(key);
    boolean ended = false;
    try {
      // Before reading: from here on nobody before this writer can commit.
      producer.initTransactions();
      boolean written = follows.test(current(key));
      if (written) {
        producer.beginTransaction();
        var _ = producer.send(envelopes.seal(decision, key + "/" + decision.version()));
        producer.commitTransaction();
      }
      ended = true;
      return written;
    } catch (ProducerFencedException | InvalidProducerEpochException e) {
      // The next writer may have come between the commit and its confirmation.
      Optional<DecisionState> there = current(key);
      if (there.equals(Optional.of(decision))) {
        return true;
      }
      throw new DecisionChangedException(
          "somebody else is writing decision " + key + "; look again", there);
    } catch (InterruptException e) {
      // Kafka's unchecked version, which has set the thread's flag again.
      Thread.interrupted();
      throw new InterruptedException("writing decision " + key + ": interrupted");
    } finally {
      producer.close(ended ? limit : Duration.ZERO);
    }
  }

  private KafkaProducer<String, byte[]> producer(String key) {
    int millis = Math.toIntExact(limit.toMillis());
    Map<String, Object> settings = new HashMap<>(connection);
    settings.put("client.id", id(key));
    settings.put("transactional.id", id(key));
    // One that is killed holds up the readers of its partition no longer than this.
    settings.put("transaction.timeout.ms", millis);
    settings.put("max.block.ms", millis);
    settings.put("request.timeout.ms", millis);
    settings.put("delivery.timeout.ms", millis);
    settings.put("linger.ms", 0);
    return new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
  }

  private String id(String key) {
    return topicPrefix + TopicCommands.DECISION + key;
  }

  /** What is committed, once every transaction of its partition that has begun is over. */
  private Optional<DecisionState> current(String key) throws InterruptedException {
    TopicPartition partition =
        new TopicPartition(Topic.DECISIONS.name(topicPrefix), KeyPartitions.of(key));
    long until = System.nanoTime() + limit.toNanos();
    long end = end(partition);
    Optional<DecisionState> last = Optional.empty();
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
          Optional<CatalogRecord> read = decoder.decode(Topic.DECISIONS, raw);
          if (read.isPresent() && read.get().key().equals(key)) {
            last = Optional.ofNullable((DecisionState) read.get().value());
          }
        }
      }
    }
    return last;
  }

  /**
   * The end, with what is not committed yet: the last stable offset hides even committed records
   * behind another decision's open transaction.
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

  /** Kafka's clients refuse a longer time for one request than for all of a call. */
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
