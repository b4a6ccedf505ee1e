package dev.longshore.runtime.kafka;

import dev.longshore.runtime.kafka.record.ServiceId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * How a service works on Kafka.
 *
 * @param connection Kafka client settings: bootstrap.servers, and how to log in
 * @param topicPrefix prefix of topics, groups and transactional ids, may be empty
 * @param id the working service
 * @param sessionTimeout silence after which Kafka gives the partitions to others, 6 s to 30 min
 *     with a broker's usual settings
 */
public record ConsumerSettings(
    Map<String, Object> connection, String topicPrefix, ServiceId id, Duration sessionTimeout) {

  /**
   * Long enough for a pause on a loaded machine, short enough to take over a killed process's work.
   */
  public static final Duration SESSION_TIMEOUT = Duration.ofSeconds(10);

  /** A killed process's open transaction blocks readers for at most this long. */
  static final Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(5);

  /** Longest pause between tries to reach a broker that is away, in milliseconds. */
  private static final int RECONNECT_MAX_MILLIS = 2_000;

  public ConsumerSettings {
    connection = Map.copyOf(connection);
  }

  /** The same with the usual session timeout. */
  public ConsumerSettings(Map<String, Object> connection, String topicPrefix, ServiceId id) {
    this(connection, topicPrefix, id, SESSION_TIMEOUT);
  }

  /** The consumer group. */
  String group() {
    return topicPrefix + id.service();
  }

  private String member() {
    return topicPrefix + id.service() + "-" + id.instance();
  }

  Map<String, Object> consumer() {
    Map<String, Object> settings = new HashMap<>(connection);
    settings.put("group.id", group());
    settings.put("client.id", member());
    // After a restart within the session timeout, the process has its partitions at once, without a
    // rebalance.
    settings.put("group.instance.id", member());
    settings.put("partition.assignment.strategy", SharesByNumber.class.getName());
    settings.put("session.timeout.ms", (int) sessionTimeout.toMillis());
    // A broker that returns under another address leaves dead connections behind.
    settings.put("request.timeout.ms", (int) sessionTimeout.toMillis());
    settings.put("heartbeat.interval.ms", (int) sessionTimeout.dividedBy(4).toMillis());
    settings.put("max.poll.interval.ms", 60_000);
    settings.put("max.poll.records", Ledger.POLL_LIMIT);
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", false);
    settings.put("auto.offset.reset", "none");
    settings.put("allow.auto.create.topics", false);
    settings.put("reconnect.backoff.max.ms", RECONNECT_MAX_MILLIS);
    // Bounds memory: events have at most 64 KiB, so this is far above a poll's worth.
    settings.put("fetch.max.bytes", 8 * 1024 * 1024);
    return settings;
  }

  Map<String, Object> producer() {
    Map<String, Object> settings = new HashMap<>(connection);
    settings.put("client.id", member());
    settings.put("transactional.id", member());
    settings.put("transaction.timeout.ms", (int) TRANSACTION_TIMEOUT.toMillis());
    settings.put("linger.ms", 0);
    // Half of the total, so that a request lost on a dead connection is tried on another one.
    settings.put("request.timeout.ms", 2_500);
    settings.put("delivery.timeout.ms", 5_000);
    settings.put("max.block.ms", 10_000);
    settings.put("reconnect.backoff.max.ms", RECONNECT_MAX_MILLIS);
    settings.put("buffer.memory", 16 * 1024 * 1024);
    return settings;
  }

  Map<String, Object> admin() {
    Map<String, Object> settings = new HashMap<>(connection);
    settings.put("client.id", member() + "-admin");
    settings.put("request.timeout.ms", 5_000);
    settings.put("default.api.timeout.ms", 10_000);
    return settings;
  }
}
