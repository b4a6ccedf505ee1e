package dev.longshore.runtime.kafka.topics;

import dev.longshore.events.Topic;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What one service does with the topics; its Kafka user needs exactly these rights.
 *
 * @param service {@code watcher} and so on; its consumer group has that name after the prefix
 * @param reads topics that it reads
 * @param writes topics that it writes
 * @param hasStep whether it handles events, in its own consumer group
 */
public record ServiceRights(String service, Set<Topic> reads, Set<Topic> writes, boolean hasStep) {
  /** Topics that every service's catalog reads. */
  static final Set<Topic> CATALOG =
      Set.of(Topic.TAGS, Topic.IMAGES, Topic.BLOBS, Topic.PINS, Topic.FAILED, Topic.RETRY);

  /** Topics that every service with a step writes. */
  private static final Set<Topic> OUTCOMES = Set.of(Topic.FAILED, Topic.RETRY, Topic.DEAD);

  /** Of all services. */
  public static final List<ServiceRights> ALL =
      List.of(
          ofStep("watcher", Topic.HINTS, Set.of(Topic.HINTS, Topic.OBSERVED, Topic.TAGS)),
          ofStep("converter", Topic.OBSERVED, Set.of(Topic.CONVERTED, Topic.IMAGES, Topic.BLOBS)),
          ofStep("pinner", Topic.CONVERTED, Set.of(Topic.PINS)),
          new ServiceRights("resolver", CATALOG, Set.of(Topic.AUDIT), false));

  public ServiceRights {
    // In the topics' order, which printed commands follow.
    reads = ordered(reads);
    writes = ordered(writes);
  }

  private static ServiceRights ofStep(String service, Topic work, Set<Topic> results) {
    Set<Topic> reads = EnumSet.copyOf(CATALOG);
    reads.add(work);
    Set<Topic> writes = EnumSet.copyOf(OUTCOMES);
    writes.addAll(results);
    writes.add(Topic.AUDIT);
    return new ServiceRights(service, reads, writes, true);
  }

  private static Set<Topic> ordered(Set<Topic> topics) {
    Set<Topic> ordered = EnumSet.noneOf(Topic.class);
    ordered.addAll(topics);
    return Collections.unmodifiableSet(ordered);
  }
}
