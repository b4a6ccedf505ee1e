package dev.longshore.runtime.kafka.topics;

import dev.longshore.events.Topic;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Commands of Kafka's own tools that set up a Kafka for Longshore, to review before running. */
public final class TopicCommands {
  /** Topics that people may replay to: those that services have steps for. */
  private static final Set<Topic> WORK = EnumSet.of(Topic.HINTS, Topic.OBSERVED, Topic.CONVERTED);

  /** Group and transactional id, after the prefix, for replaying dead letters. */
  public static final String REPLAY = "replay";

  /** Transactional ids of decisions, after the prefix; the decision's own id follows. */
  public static final String DECISION = "decision-";

  /** Transactional ids of sites' credentials, after the prefix; the site's name follows. */
  public static final String SITE_CREDENTIALS = "sitecredentials-";

  private final String bootstrap;
  private final String prefix;

  /**
   * @param bootstrap Kafka's bootstrap servers
   * @param prefix prefix of the topics, may be empty
   */
  public TopicCommands(String bootstrap, String prefix) {
    this.bootstrap = bootstrap;
    this.prefix = prefix;
  }

  /** One command per topic. */
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
   * The minimal rights, for one Kafka user per service, named {@code longshore-watcher} and so on,
   * {@code longshore-hub} for a resolver that serves sites, {@code longshore-cli} for commands,
   * which replay and decide, and {@code longshore-ops} for a separate operations page, which does
   * too, reads sites, and reads no audit log. Consumer groups and transactional ids begin with the
   * topic prefix and the service's name, or what is written with them.
   */
  public List<String> acls() {
    List<String> commands = new ArrayList<>();
    for (ServiceRights service : ServiceRights.ALL) {
      String name = service.service();
      commands.add(acl(name, "Read", topics(service.reads())));
      commands.add(acl(name, "Describe", topics(EnumSet.allOf(Topic.class))));
      commands.add(acl(name, "DescribeConfigs", topics(EnumSet.allOf(Topic.class))));
      commands.add(acl(name, "Write", topics(service.writes())));
      if (service.hasStep()) {
        String own = prefix + name;
        commands.add(acl(name, "Read", " --group " + own));
        commands.add(acl(name, "Write", transactions(own)));
      }
      if (service.writes().contains(Topic.SITECREDENTIALS)) {
        commands.add(acl(name, "Write", transactions(prefix + SITE_CREDENTIALS)));
      }
    }
    Set<Topic> looks = EnumSet.copyOf(ServiceRights.OF_COMMANDS);
    looks.add(Topic.DEAD);
    Set<Topic> ofPage = EnumSet.copyOf(looks);
    ofPage.add(Topic.SITECREDENTIALS);
    looks.addAll(WORK);
    looks.add(Topic.AUDIT);
    commands.addAll(aclsOfPeople("cli", looks));
    commands.addAll(aclsOfPeople("ops", ofPage));
    return commands;
  }

  /** For users who see waiting work, replay and decide. */
  private List<String> aclsOfPeople(String people, Set<Topic> reads) {
    List<String> commands = new ArrayList<>();
    commands.add(acl(people, "Read", topics(reads)));
    commands.add(acl(people, "Describe", topics(EnumSet.allOf(Topic.class))));
    commands.add(acl(people, "DescribeConfigs", topics(EnumSet.allOf(Topic.class))));
    Set<Topic> writes = EnumSet.copyOf(WORK);
    writes.add(Topic.AUDIT);
    writes.add(Topic.DECISIONS);
    commands.add(acl(people, "Write", topics(writes)));
    String groups =
        ServiceRights.ALL.stream()
            .filter(ServiceRights::hasStep)
            .map(service -> " --group " + prefix + service.service())
            .collect(Collectors.joining());
    commands.add(acl(people, "Describe", groups));
    commands.add(acl(people, "Read", " --group " + prefix + REPLAY));
    commands.add(acl(people, "Write", " --transactional-id " + prefix + REPLAY));
    commands.add(acl(people, "Write", transactions(prefix + DECISION)));
    return commands;
  }

  private static String transactions(String prefix) {
    return " --resource-pattern-type prefixed --transactional-id " + prefix;
  }

  private String acl(String service, String operation, String resource) {
    return "kafka-acls.sh --bootstrap-server "
        + bootstrap
        + " --add --allow-principal User:longshore-"
        + service
        + " --operation "
        + operation
        + resource;
  }

  private String topics(Set<Topic> topics) {
    return topics.stream().map(t -> " --topic " + t.name(prefix)).collect(Collectors.joining());
  }
}
