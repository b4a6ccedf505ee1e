package dev.longshore.app.cli;

import dev.longshore.app.KafkaWithRights;
import dev.longshore.app.faults.TopicReader;
import dev.longshore.events.Audited;
import dev.longshore.events.EventJson;
import dev.longshore.events.MalformedEventException;
import dev.longshore.events.Origin;
import dev.longshore.events.Proof;
import dev.longshore.events.State;
import dev.longshore.events.TagState;
import dev.longshore.events.Topic;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.testing.HttpRegistry;
import dev.longshore.oci.testing.HttpRegistryOptions;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.runtime.testing.KafkaBroker;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.jspecify.annotations.Nullable;

/** A Kafka that checks rights, a registry, and a command line whose audit records are read. */
final class AuditBed implements AutoCloseable {
  static final String PREFIX = KafkaWithRights.PREFIX;
  static final Duration LIMIT = KafkaWithRights.LIMIT;

  /** Has all rights of people. */
  static final String PEOPLE = "longshore-cli";

  /** May do nothing that changes anything, but tell of it. */
  static final String LOOKER = "looker";

  /** May do everything but tell of it. */
  static final String SILENT = "silent";

  private final Path folder;
  private final KafkaWithRights kafka;
  private final HttpRegistry registry;
  private int before;

  AuditBed(Path folder) throws Exception {
    this.folder = folder;
    this.kafka =
        new KafkaWithRights(folder, List.of(PEOPLE, LOOKER, SILENT, "longshore-converter"));
    List<AclBinding> rights = new ArrayList<>();
    for (String user : List.of(LOOKER, SILENT)) {
      for (ResourceType kind :
          List.of(ResourceType.TOPIC, ResourceType.GROUP, ResourceType.TRANSACTIONAL_ID)) {
        rights.add(right(user, kind, PREFIX, PatternType.PREFIXED, AclPermissionType.ALLOW));
      }
    }
    for (Topic topic : List.of(Topic.HINTS, Topic.OBSERVED)) {
      rights.add(refused(LOOKER, topic));
    }
    rights.add(refused(SILENT, Topic.AUDIT));
    kafka.admin().createAcls(rights).all().get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    this.registry = HttpRegistry.start(new InMemoryRegistry(), HttpRegistryOptions.plain());
  }

  KafkaBroker broker() {
    return kafka.broker();
  }

  HttpRegistry registry() {
    return registry;
  }

  Path folder() {
    return folder;
  }

  private static AclBinding right(
      String user, ResourceType kind, String name, PatternType pattern, AclPermissionType given) {
    AclOperation operation =
        given == AclPermissionType.DENY ? AclOperation.WRITE : AclOperation.ALL;
    return new AclBinding(
        new ResourcePattern(kind, name, pattern),
        new AccessControlEntry("User:" + user, "*", operation, given));
  }

  private static AclBinding refused(String user, Topic topic) {
    return right(
        user, ResourceType.TOPIC, topic.name(PREFIX), PatternType.LITERAL, AclPermissionType.DENY);
  }

  void toTags(RepositoryName repository, Descriptor top) throws Exception {
    TagState tag =
        new TagState(
            repository,
            new Tag("v1"),
            top.digest(),
            top.mediaType(),
            top.size(),
            List.of(),
            false,
            Origin.WEBHOOK,
            Instant.now(),
            Instant.now());
    write(tag);
  }

  void write(State state) throws Exception {
    kafka.write(state);
  }

  static Audited entry(
      String operation, @Nullable String repository, String reference, String status)
      throws IOException {
    return new Audited(
        System.getProperty("user.name"),
        Proof.NONE,
        null,
        null,
        InetAddress.getLocalHost().getHostName(),
        "command",
        operation,
        "longshore " + operation,
        repository,
        reference,
        status,
        null,
        Instant.EPOCH);
  }

  /** A test begins. */
  void begin() {
    before = audited().size();
  }

  /** What came to the log since the test began; one caller's entries are in order. */
  List<Audited> news() {
    List<Audited> all = audited();
    return all.subList(before, all.size());
  }

  private List<Audited> audited() {
    return reader().all(Topic.AUDIT).stream()
        .map(
            record -> {
              try {
                return EventJson.read(record.value(), Audited.class);
              } catch (MalformedEventException e) {
                throw new AssertionError(e);
              }
            })
        .toList();
  }

  TopicReader reader() {
    return new TopicReader(broker().connection(KafkaBroker.ADMIN), PREFIX);
  }

  String config(String user) throws IOException {
    String settings =
        """
        home: %s
        registries:
          - {name: local, host: "%s", url: "http://%s"}
        peers:
          - {name: a, zone: north, rpc: "http://127.0.0.1:1", gateway: "http://127.0.0.1:1"}
        """
            .formatted(folder.resolve("home-" + user), registry.host(), registry.host());
    return Files.writeString(folder.resolve(user + ".yaml"), settings + kafka.settings(user))
        .toString();
  }

  @Override
  public void close() {
    registry.close();
    kafka.close();
  }
}
