package dev.longshore.runtime.kafka.topics;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.Topic;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The configuration of Longshore's topics. */
public final class Topics {
  /** Retention of work topics: a week away leaves no gap. */
  public static final Duration WORK_RETENTION = Duration.ofDays(7);

  /** Retention of dead letters, and of records parked for a registry or a node that is away. */
  public static final Duration WAITING_RETENTION = Duration.ofDays(30);

  /** Retention of the audit log; to keep it longer, read the topic and store it. */
  public static final Duration AUDIT_RETENTION = Duration.ofDays(90);

  /** Retention of pulls: a year, and time to look back at it. */
  public static final Duration PULL_RETENTION = Duration.ofDays(400);

  /**
   * Bytes of the largest batch that Kafka must accept: an event of 64 KiB with its headers and
   * others of the same partition.
   */
  static final int MIN_MESSAGE_BYTES = 256 * 1024;

  static final String CLEANUP = "cleanup.policy";
  static final String RETENTION = "retention.ms";
  static final String DELETES = "delete.retention.ms";
  static final String MESSAGE_BYTES = "max.message.bytes";
  static final String TIMESTAMP = "message.timestamp.type";
  static final String IN_SYNC = "min.insync.replicas";
  static final String APPEND_TIME = "LogAppendTime";

  /** Replicas that survive the loss of one broker without refusing writes. */
  private static final short PRODUCTION_REPLICAS = 3;

  private Topics() {}

  /**
   * Default replicas: of three, one may be away without refused writes, and a second without loss.
   */
  public static short replicas(int brokers) {
    return (short) Math.clamp(brokers, 1, PRODUCTION_REPLICAS);
  }

  /**
   * All topics.
   *
   * @param prefix prefix of their names, may be empty
   * @param replicas number of replicas; from 3 on, two must be in sync for a write
   */
  public static List<TopicSpec> specs(String prefix, short replicas) {
    return specs(prefix, replicas, replicas >= PRODUCTION_REPLICAS ? 2 : 1);
  }

  /**
   * All topics.
   *
   * @param prefix prefix of their names, may be empty
   * @param replicas number of replicas
   * @param inSync replicas that must confirm a write, at most all
   */
  public static List<TopicSpec> specs(String prefix, short replicas, int inSync) {
    return Arrays.stream(Topic.values())
        .map(t -> new TopicSpec(t, t.name(prefix), Topic.PARTITIONS, replicas, config(t, inSync)))
        .toList();
  }

  /** Minimal retention of a topic that deletes by time. */
  static Duration retention(Topic topic) {
    return switch (topic) {
      case DEAD, RETRY -> WAITING_RETENTION;
      case AUDIT -> AUDIT_RETENTION;
      case PULLS -> PULL_RETENTION;
      case HINTS,
          OBSERVED,
          CONVERTED,
          FAILED,
          TAGS,
          IMAGES,
          BLOBS,
          PINS,
          COPIES,
          PEERS,
          SERVED,
          SITES,
          SITECREDENTIALS,
          DECISIONS,
          POLLS ->
          WORK_RETENTION;
    };
  }

  private static Map<String, String> config(Topic topic, int inSync) {
    Map<String, String> config = new TreeMap<>();
    config.put(MESSAGE_BYTES, Integer.toString(4 * MIN_MESSAGE_BYTES));
    config.put(TIMESTAMP, APPEND_TIME);
    config.put(IN_SYNC, Integer.toString(inSync));
    config.put(
        CLEANUP,
        switch (topic.retention()) {
          case BY_TIME -> "delete";
          case COMPACTED -> "compact";
          case COMPACTED_BY_TIME -> "compact,delete";
        });
    if (topic.retention() != Topic.Retention.COMPACTED) {
      config.put(RETENTION, Long.toString(retention(topic).toMillis()));
    }
    if (topic.holdsState()) {
      config.put(DELETES, Long.toString(Catalog.DELETIONS_KEPT.toMillis()));
      // Only closed segments are compacted, and a new reader reads everything else: 64 MiB or
      // a day per partition.
      config.put("segment.bytes", Integer.toString(64 * 1024 * 1024));
      config.put("segment.ms", Long.toString(Duration.ofDays(1).toMillis()));
    }
    return config;
  }
}
