package dev.longshore.runtime.kafka.record;

import dev.longshore.events.Topic;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.common.utils.Utils;

/** Maps keys to partitions. */
public final class KeyPartitions {
  /** A key of each partition. */
  private static final List<String> KEYS = keyOfEach();

  private KeyPartitions() {}

  private static List<String> keyOfEach() {
    Map<Integer, String> keys = new HashMap<>();
    for (int n = 0; keys.size() < Topic.PARTITIONS; n++) {
      String key = Integer.toString(n);
      keys.putIfAbsent(of(key), key);
    }
    return List.copyOf(keys.values());
  }

  /**
   * How much of what all instances of a service may do is this one's: as much as of the partitions,
   * so that all together do no more than one; nothing if it has none.
   *
   * @param holds whether the messages of this key are this instance's
   */
  public static double share(Predicate<String> holds) {
    return KEYS.stream().filter(holds).count() / (double) Topic.PARTITIONS;
  }

  /** The partition that Kafka's producer chooses for the key in every topic of Longshore. */
  public static int of(String key) {
    return Utils.toPositive(Utils.murmur2(key.getBytes(StandardCharsets.UTF_8))) % Topic.PARTITIONS;
  }
}
