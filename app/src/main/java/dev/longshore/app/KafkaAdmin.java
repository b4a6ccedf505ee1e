package dev.longshore.app;

import dev.longshore.runtime.kafka.link.KafkaSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;

/** Opens clients that administer the configured Kafka. */
public final class KafkaAdmin {
  private KafkaAdmin() {}

  /**
   * A client that the caller closes.
   *
   * @param limit for each answer of Kafka
   * @throws org.apache.kafka.common.KafkaException when no broker's name can be resolved, or the
   *     settings are invalid
   */
  public static Admin open(KafkaSettings kafka, Duration limit) {
    Map<String, Object> settings = new HashMap<>(KafkaConnection.of(kafka));
    // Kafka's client refuses a total limit below the limit of one request.
    settings.put("request.timeout.ms", (int) limit.toMillis());
    settings.put("default.api.timeout.ms", (int) limit.toMillis());
    return Admin.create(settings);
  }
}
