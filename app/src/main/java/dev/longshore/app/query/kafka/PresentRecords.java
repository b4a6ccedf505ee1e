package dev.longshore.app.query.kafka;

import dev.longshore.app.KafkaConnection;
import dev.longshore.runtime.kafka.link.KafkaSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Reads what partitions hold now, without a group, while someone waits. Kafka's defaults suit
 * readers of future records: a broker holds the last fetch for half a second, and closing the
 * consumer waits for it.
 *
 * @param consumer a consumer without partitions so far
 */
public record PresentRecords<K>(Consumer<K, byte[]> consumer) implements AutoCloseable {
  private static final int FETCH_WAIT_MILLIS = 10;

  /**
   * One that connects at its first question.
   *
   * @param limit for each answer of Kafka
   */
  public static <K> PresentRecords<K> open(
      KafkaSettings kafka, Deserializer<K> keys, Duration limit) {
    Map<String, Object> settings = new HashMap<>(KafkaConnection.of(kafka));
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", false);
    settings.put("auto.offset.reset", "earliest");
    settings.put("fetch.max.wait.ms", FETCH_WAIT_MILLIS);
    settings.put("default.api.timeout.ms", (int) limit.toMillis());
    settings.put("request.timeout.ms", (int) limit.toMillis());
    return new PresentRecords<>(new KafkaConsumer<>(settings, keys, new ByteArrayDeserializer()));
  }

  @Override
  public void close() {
    consumer.close(CloseOptions.timeout(Duration.ZERO));
  }
}
