package dev.longshore.runtime.kafka.topics;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.Topic;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How Longshore's topics are set up. */
public final class Topics {
  /** How long work topics keep their records: a week away is survived without a gap. */
  public static final Duration WORK_RETENTION = Duration.ofDays(7);

  /**
   * How long dead letters may wait for somebody to replay them, and what is parked for a registry
   * or a node that is away.
   */
  public static final Duration WAITING_RETENTION = Duration.ofDays(30);

  /** How long it can be asked who did what; who needs longer reads the topic and keeps it. */
  public static final Duration AUDIT_RETENTION = Duration.ofDays(90);

  /** How long it is known that an image was pulled: a year, and time to look back at it. */
  public static final Duration PULL_RETENTION = Duration.ofDays(400);

  /**
   * Bytes of the largest batch that Kafka must take: an event of 64 KiB with its headers beside
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

  /** Copies that survive the loss of one broker without refusing writes. */
  private static final short PRODUCTION_REPLICAS = 3;

  private Topics() {}

  /**
   * Copies that Kafka keeps where nobody says otherwise: of three one may be away without refusing
   * writes, and a second without loss.
   */
  public static short replicas(int brokers) {
    return (short) Math.clamp(brokers, 1, PRODUCTION_REPLICAS);
  }

  /**
   * All topics.
   *
   * @param prefix what their names begin with, may be empty
   * @param replicas copies that Kafka keeps; from 3 on two must be in sync for a write
   */
  public static List<TopicSpec> specs(String prefix, short replicas) {
    return specs(prefix, replicas, replicas >= PRODUCTION_REPLICAS ? 2 : 1);
  }

  /**
   * All topics.
   *
   * @param prefix what their names begin with, may be empty
   * @param replicas copies that Kafka keeps
   * @param inSync copies that must have a record for it to be written, at most all
   */
  public static List<TopicSpec> specs(String prefix, short replicas, int inSync) {
    return Arrays.stream(Topic.values())
        .map(t -> new TopicSpec(t, t.name(prefix), Topic.PARTITIONS, replicas, config(t, inSync)))
        .toList();
  }

  /** How long a topic keeps its records at least, where it forgets by time. */
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
      // Only closed segments are compacted, and a new reader reads all that is not: 64 MiB or a
      // day a partition.
      config.put("segment.bytes", Integer.toString(64 * 1024 * 1024));
      config.put("segment.ms", Long.toString(Duration.ofDays(1).toMillis()));
    }
    return config;
  }
}
