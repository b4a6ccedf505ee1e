package dev.longshore.runtime.kafka.record;

import dev.longshore.events.Topic;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.Utils;

/** Maps keys to partitions. */
public final class KeyPartitions {
  private KeyPartitions() {}

  /** The partition that Kafka's producer chooses for the key in every topic of Longshore. */
  public static int of(String key) {
    return Utils.toPositive(Utils.murmur2(key.getBytes(StandardCharsets.UTF_8))) % Topic.PARTITIONS;
  }
}
