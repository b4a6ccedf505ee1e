package dev.longshore.runtime.kafka.record;

import dev.longshore.events.LongshoreRecord;
import dev.longshore.runtime.kafka.link.KafkaFailure;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Sends events of senders other than steps, such as a webhook receiver, and reports when Kafka has
 * them on all in-sync replicas. Any thread may use it.
 */
public final class EventSender implements AutoCloseable {
  /** Limit of bytes waiting for Kafka; further senders fail at their deadline. */
  private static final int BUFFER_BYTES = 8 * 1024 * 1024;

  private final KafkaProducer<String, byte[]> producer;
  private final EventRecords records;
  private final Duration limit;
  private final String servers;
  private final Unconfirmed unconfirmed;

  /**
   * Creates a sender; it connects when it first sends.
   *
   * @param connection Kafka client settings: bootstrap.servers, and how to log in
   * @param sender name of the service, for {@code ce_source}
   * @param limit time limit of one event, 100 ms or more
   */
  public EventSender(
      Map<String, Object> connection,
      String topicPrefix,
      String sender,
      Duration limit,
      Clock clock) {
    int millis = Math.toIntExact(limit.toMillis());
    Map<String, Object> settings = new HashMap<>(connection);
    settings.put("client.id", topicPrefix + sender + "-sender");
    settings.put("acks", "all");
    settings.put("enable.idempotence", true);
    settings.put("linger.ms", 0);
    // With more, requests to a partition without a leader can be refused for ever after.
    settings.put("max.in.flight.requests.per.connection", 1);
    // Half of it, so that a request lost on a dead connection is tried once more. A record given up
    // after its first try leaves a gap in Kafka's sequence, and the next record is refused until it
    // times out.
    settings.put("request.timeout.ms", millis / 2);
    settings.put("delivery.timeout.ms", millis);
    settings.put("max.block.ms", millis);
    settings.put("reconnect.backoff.max.ms", 1_000);
    settings.put("buffer.memory", BUFFER_BYTES);
    this.producer =
        new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
    this.records = new EventRecords(topicPrefix, sender, clock);
    this.limit = limit;
    this.servers = String.valueOf(connection.get("bootstrap.servers"));
    this.unconfirmed = new Unconfirmed(sender + " sender's deadlines", limit);
  }

  /**
   * Sends an event and waits until Kafka has it.
   *
   * @param id CloudEvents id: the same when the same event is sent again
   * @throws NotSentException when Kafka does not confirm it in time; Kafka may have it anyway, so
   *     use the same id to send it again
   * @throws IllegalArgumentException when the event is too large
   */
  public void send(LongshoreRecord event, String id) throws NotSentException, InterruptedException {
    String what = "sending " + event.key() + " to Kafka at " + servers + ": ";
    CompletableFuture<Void> confirmed = unconfirmed.expect();
    try {
      var _ =
          producer.send(
              records.of(event, id),
              (_, error) -> {
                if (error == null) {
                  confirmed.complete(null);
                } else {
                  confirmed.completeExceptionally(error);
                }
              });
      var _ = confirmed.get();
    } catch (InterruptException e) {
      // Kafka's unchecked version, which has set the thread's flag again.
      Thread.interrupted();
      throw new InterruptedException(what + "interrupted");
    } catch (ExecutionException e) {
      throw e.getCause() instanceof TimeoutException late
          ? new NotSentException(what + late.getMessage(), late)
          : new NotSentException(what + KafkaFailure.words(e), e.getCause());
    } catch (KafkaException e) {
      throw new NotSentException(what + KafkaFailure.words(e), e);
    }
  }

  /**
   * Passes an event to Kafka's client without waiting for Kafka; waits, within the limit, while the
   * client has no room or does not know the topic.
   *
   * @param failed receives the reason, on any thread, if Kafka does not get it
   */
  public void post(LongshoreRecord event, String id, Consumer<String> failed) {
    String what = "sending " + event.key() + " to Kafka at " + servers + ": ";
    try {
      var _ =
          producer.send(
              records.of(event, id),
              (_, error) -> {
                if (error != null) {
                  failed.accept(what + error);
                }
              });
    } catch (InterruptException e) {
      // Kafka's client has set the thread's flag again.
      failed.accept(what + "interrupted");
    } catch (KafkaException e) {
      failed.accept(what + e);
    }
  }

  @Override
  public void close() {
    producer.close(limit);
    unconfirmed.close();
  }
}
