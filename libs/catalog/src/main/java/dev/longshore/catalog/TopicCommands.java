package dev.longshore.catalog;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Commands of Kafka's own tools that set up a Kafka for Longshore, to be read before they run. */
public final class TopicCommands {
  /** What the catalog of every service reads. */
  private static final Set<Topic> CATALOG =
      EnumSet.of(Topic.TAGS, Topic.IMAGES, Topic.BLOBS, Topic.PINS, Topic.FAILED, Topic.RETRY);

  /** What every service writes that has a step. */
  private static final Set<Topic> OUTCOMES = EnumSet.of(Topic.FAILED, Topic.RETRY, Topic.DEAD);

  private static final List<Service> SERVICES =
      List.of(
          new Service(
              "watcher", Set.of(Topic.HINTS), Set.of(Topic.HINTS, Topic.OBSERVED, Topic.TAGS)),
          new Service(
              "converter",
              Set.of(Topic.OBSERVED),
              Set.of(Topic.CONVERTED, Topic.IMAGES, Topic.BLOBS)),
          new Service("pinner", Set.of(Topic.CONVERTED), Set.of(Topic.PINS)),
          new Service("resolver", Set.of(), Set.of()));

  /** What people may have handled again: the topics that services have steps for. */
  private static final Set<Topic> WORK = EnumSet.of(Topic.HINTS, Topic.OBSERVED, Topic.CONVERTED);

  /** Group and transactional id, after the prefix, of whoever replays dead letters. */
  public static final String REPLAY = "replay";

  private final String bootstrap;
  private final String prefix;

  /**
   * For one Kafka.
   *
   * @param bootstrap its bootstrap servers
   * @param prefix what the topics' names begin with, may be empty
   */
  public TopicCommands(String bootstrap, String prefix) {
    this.bootstrap = bootstrap;
    this.prefix = prefix;
  }

  /** A service and the topics that it uses besides those of all. */
  private record Service(String name, Set<Topic> reads, Set<Topic> writes) {
    boolean hasStep() {
      return !reads.isEmpty();
    }
  }

  /** One command a topic. */
  public List<String> creation(List<TopicSpec> specs) {
    return specs.stream().map(this::creation).toList();
  }

  private String creation(TopicSpec spec) {
    return "kafka-topics.sh --bootstrap-server "
        + bootstrap
        + " --create --if-not-exists --topic "
        + spec.name()
        + " --partitions "
        + spec.partitions()
        + " --replication-factor "
        + spec.replicas()
        + new TreeMap<>(spec.config())
            .entrySet().stream()
                .map(e -> " --config " + e.getKey() + "=" + e.getValue())
                .collect(Collectors.joining());
  }

  /**
   * The least rights, for one Kafka user a service, named {@code longshore-watcher} and so on, and
   * {@code longshore-cli} for people and their commands, {@code replay} among them. Consumer groups
   * and transactional ids begin with the topic prefix and the service's name.
   */
  public List<String> acls() {
    List<String> commands = new ArrayList<>();
    for (Service service : SERVICES) {
      Set<Topic> reads = EnumSet.copyOf(CATALOG);
      reads.addAll(service.reads);
      commands.add(acl(service, "Read", topics(reads)));
      commands.add(acl(service, "DescribeConfigs", topics(EnumSet.allOf(Topic.class))));
      Set<Topic> writes = EnumSet.of(Topic.AUDIT);
      writes.addAll(service.writes);
      writes.addAll(service.hasStep() ? OUTCOMES : Set.of());
      commands.add(acl(service, "Write", topics(writes)));
      if (service.hasStep()) {
        String own = prefix + service.name();
        commands.add(acl(service, "Read", " --group " + own));
        commands.add(
            acl(service, "Write", " --resource-pattern-type prefixed --transactional-id " + own));
      }
    }
    commands.addAll(aclsOfCommands());
    return commands;
  }

  private List<String> aclsOfCommands() {
    Service people = new Service("cli", Set.of(), Set.of());
    Set<Topic> reads = EnumSet.copyOf(CATALOG);
    reads.addAll(WORK);
    reads.add(Topic.DEAD);
    reads.add(Topic.AUDIT);
    List<String> commands = new ArrayList<>();
    commands.add(acl(people, "Read", topics(reads)));
    commands.add(acl(people, "DescribeConfigs", topics(EnumSet.allOf(Topic.class))));
    Set<Topic> writes = EnumSet.copyOf(WORK);
    writes.add(Topic.AUDIT);
    commands.add(acl(people, "Write", topics(writes)));
    String groups =
        SERVICES.stream()
            .filter(Service::hasStep)
            .map(service -> " --group " + prefix + service.name())
            .collect(Collectors.joining());
    commands.add(acl(people, "Describe", groups));
    commands.add(acl(people, "Read", " --group " + prefix + REPLAY));
    commands.add(acl(people, "Write", " --transactional-id " + prefix + REPLAY));
    return commands;
  }

  private String acl(Service service, String operation, String resource) {
    return "kafka-acls.sh --bootstrap-server "
        + bootstrap
        + " --add --allow-principal User:longshore-"
        + service.name()
        + " --operation "
        + operation
        + resource;
  }

  private String topics(Set<Topic> topics) {
    return topics.stream().map(t -> " --topic " + t.name(prefix)).collect(Collectors.joining());
  }
}
