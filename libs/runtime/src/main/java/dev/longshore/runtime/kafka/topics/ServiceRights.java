package dev.longshore.runtime.kafka.topics;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.Topic;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What one service does with the topics; its Kafka user needs exactly these rights.
 *
 * @param service {@code watcher} and so on, or {@code hub} for a resolver that serves sites; its
 *     consumer group has that name after the prefix
 * @param reads topics that it reads
 * @param writes topics that it writes
 * @param hasStep whether it handles events, in its own consumer group
 */
public record ServiceRights(String service, Set<Topic> reads, Set<Topic> writes, boolean hasStep) {
  /** Topics that every service's catalog reads. */
  static final Set<Topic> CATALOG = Catalog.TOPICS;

  /** Topics that every service with a step writes. */
  private static final Set<Topic> OUTCOMES = Set.of(Topic.FAILED, Topic.RETRY, Topic.DEAD);

  /** What people and their commands read besides, except the credentials of sites. */
  static final Set<Topic> OF_COMMANDS = with(CATALOG, Topic.SITES, Topic.POLLS, Topic.PULLS);

  /** The rights of all services. */
  public static final List<ServiceRights> ALL =
      List.of(
          ofStep(
              "watcher",
              with(CATALOG, Topic.HINTS, Topic.POLLS),
              Set.of(Topic.HINTS, Topic.OBSERVED, Topic.TAGS, Topic.POLLS)),
          ofStep(
              "converter",
              with(CATALOG, Topic.OBSERVED, Topic.PULLS),
              Set.of(Topic.CONVERTED, Topic.IMAGES, Topic.BLOBS)),
          ofStep(
              "pinner",
              with(CATALOG, Topic.CONVERTED, Topic.PULLS, Topic.POLLS),
              Set.of(Topic.PINS, Topic.COPIES, Topic.PEERS, Topic.SERVED)),
          new ServiceRights("resolver", CATALOG, Set.of(Topic.PULLS, Topic.AUDIT), false),
          new ServiceRights(
              "hub",
              with(CATALOG, Topic.SITES, Topic.SITECREDENTIALS),
              Set.of(Topic.HINTS, Topic.PULLS, Topic.AUDIT, Topic.SITES, Topic.SITECREDENTIALS),
              false));

  public ServiceRights {
    // In the topics' order, which printed commands follow.
    reads = ordered(reads);
    writes = ordered(writes);
  }

  private static Set<Topic> with(Set<Topic> topics, Topic... more) {
    Set<Topic> all = EnumSet.copyOf(topics);
    Collections.addAll(all, more);
    return Collections.unmodifiableSet(all);
  }

  private static ServiceRights ofStep(String service, Set<Topic> reads, Set<Topic> results) {
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
