package dev.longshore.pinner;

import dev.longshore.events.Topic;
import dev.longshore.model.PeerName;
import dev.longshore.runtime.kafka.record.KeyPartitions;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The partitions that this process holds. */
final class HeldPartitions {
  static final List<Integer> ALL = IntStream.range(0, Topic.PARTITIONS).boxed().toList();

  /** A key of each partition, to ask for it by. */
  private static final List<String> KEYS = ALL.stream().map(HeldPartitions::key).toList();

  private final Hosted host;

  HeldPartitions(Hosted host) {
    this.host = host;
  }

  private static String key(int partition) {
    return IntStream.iterate(0, n -> n + 1)
        .mapToObj(Integer::toString)
        .filter(key -> KeyPartitions.of(key) == partition)
        .findFirst()
        .orElseThrow();
  }

  Set<Integer> numbers() {
    return ALL.stream()
        .filter(partition -> host.holds().test(KEYS.get(partition)))
        .collect(Collectors.toSet());
  }

  /** Whether this process reports what concerns all peers and images. */
  boolean holdsFirst() {
    return host.holds().test(KEYS.getFirst());
  }

  boolean holds(PeerName peer) {
    return host.holds().test(peer.text());
  }
}
