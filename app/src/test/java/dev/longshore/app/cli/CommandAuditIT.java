package dev.longshore.app.cli;

import static dev.longshore.runtime.testing.Samples.observed;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.app.faults.TopicReader;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.Audited;
import dev.longshore.events.EventJson;
import dev.longshore.events.ImageState;
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
import dev.longshore.runtime.kafka.record.Envelopes;
import dev.longshore.runtime.kafka.record.EventSender;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.topics.TopicAdmin;
import dev.longshore.runtime.kafka.topics.Topics;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.runtime.testing.HostedSteps;
import dev.longshore.runtime.testing.KafkaBroker;
import dev.longshore.runtime.testing.PrintedRights;
import dev.longshore.testing.RandomImage;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Audit records of commands that change anything, with a Kafka that checks rights. */
class CommandAuditIT {
  private static final String PREFIX = "prod.";
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** Has all rights of people. */
  private static final String PEOPLE = "longshore-cli";

  /** May do nothing that changes anything, but tell of it. */
  private static final String LOOKER = "looker";

  /** May do everything but tell of it. */
  private static final String SILENT = "silent";

  @TempDir static Path folder;
  private static KafkaBroker broker;
  private static HttpRegistry registry;
  private static Descriptor image;

  private final CommandRun command = new CommandRun();
  private int before;

  @BeforeAll
  static void start() throws Exception {
    broker =
        KafkaBroker.startWithUsers(
            folder.resolve("kafka"), List.of(PEOPLE, LOOKER, SILENT, "longshore-converter"));
    try (Admin admin = Admin.create(broker.connection(KafkaBroker.ADMIN))) {
      new TopicAdmin(admin, Topics.specs(PREFIX, (short) 1), LIMIT).createMissing();
      PrintedRights.give(admin, PREFIX);
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
      admin.createAcls(rights).all().get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    }
    registry = HttpRegistry.start(new InMemoryRegistry(), HttpRegistryOptions.plain());
    image = registry.content().push(registry.name("team/app"), "v1", RandomImage.of(1));
  }

  @AfterAll
  static void stop() {
    registry.close();
    broker.close();
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

  @BeforeEach
  void count() {
    before = audited().size();
  }

  @Test
  void aPushIsToldWithWhoTypedItWhereAndWhatItAskedFor() throws Exception {
    Instant began = Instant.now();

    push(PEOPLE);

    assertThat(news())
        .singleElement()
        .satisfies(entry -> assertThat(entry.at()).isBetween(began, Instant.now()))
        .usingRecursiveComparison()
        .ignoringFields("at")
        .isEqualTo(entry("push", "team/app", reference() + "@" + image.digest(), "sent"));
  }

  @Test
  void aPushThatKafkaRefusesIsToldAsRefused() throws Exception {
    assertThat(push(LOOKER)).isEqualTo(1);

    assertThat(command.err()).contains("give the rights that 'longshore topics' prints");
    assertThat(news())
        .singleElement()
        .usingRecursiveComparison()
        .ignoringFields("at")
        .isEqualTo(entry("push", "team/app", reference() + "@" + image.digest(), "refused"));
  }

  @Test
  void whatIsNotInTheRegistryIsAskedOfNobodyAndNotTold() throws Exception {
    assertThat(command.run("push", registry.name("team/none") + ":v1", "-c", config(PEOPLE)))
        .isEqualTo(1);

    assertThat(news()).isEmpty();
  }

  @Test
  void aReplayIsToldWithItsKeyAndHowManyCameOfIt() throws Exception {
    String key = deadLetter("replayed");

    assertThat(command.run("replay", key, "-c", config(PEOPLE))).as(command.err()).isZero();
    assertThat(command.run("replay", key, "-c", config(PEOPLE))).isEqualTo(1);

    assertThat(news())
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("at")
        .containsExactly(
            entry("replay", null, key, "1 sent again"), entry("replay", null, key, "0 sent again"));
  }

  @Test
  void aReplayThatKafkaRefusesIsToldAsFailed() throws Exception {
    String key = deadLetter("refused");

    assertThat(command.run("replay", key, "-c", config(LOOKER))).isEqualTo(1);

    assertThat(news())
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("at")
        .containsExactly(entry("replay", null, key, "failed"));
  }

  /** The whole way, with the rights of people and no service. */
  @Test
  void whatIsForgottenAndTakenBackAndBroughtBackIsTold() throws Exception {
    RepositoryName repository = registry.name("team/forgotten");
    Descriptor pushed = registry.content().push(repository, "v1", RandomImage.of(9));
    toTags(repository, pushed);
    String digest = pushed.digest().toString();
    String name = repository + ":v1";
    String config = config(PEOPLE);

    assertThat(command.run("forget", name, "-c", config)).isEqualTo(2);
    assertThat(command.err()).contains("--reason");
    assertThat(command.run("forget", name, "--dry-run", "-c", config)).as(command.err()).isZero();
    assertThat(command.out()).contains(digest, "name     " + name + " answers no longer");
    assertThat(news()).isEmpty();

    assertThat(command.run("forget", name, "--reason", "a key", "-c", config))
        .as(command.err())
        .isZero();
    assertThat(command.run("forget", name, "--reason", "a key", "-c", config)).isZero();
    assertThat(command.err()).contains("it was decided before");
    assertThat(command.run("push", name, "-c", config)).isEqualTo(1);
    assertThat(command.err()).contains("forgotten by " + System.getProperty("user.name"), "a key");
    Path saved = folder.resolve("decisions.jsonl");
    assertThat(command.run("export", saved.toString(), "-c", config)).as(command.err()).isZero();
    // Other tests decide, too.
    Files.write(saved, Files.readAllLines(saved).stream().filter(l -> l.contains(digest)).toList());
    assertThat(Files.readString(saved)).contains("\"a key\"").doesNotContain("undone");

    assertThat(command.run("forget", name, "--undo", "--dry-run", "--json", "-c", config))
        .as(command.err())
        .isZero();
    assertThat(json().path("done").asBoolean(true)).isFalse();
    assertThat(command.run("forget", name, "--undo", "--reason", "a test", "--json", "-c", config))
        .as(command.err())
        .isZero();
    assertThat(json().path("done").asBoolean()).isTrue();
    assertThat(json().path("names").get(0).asText()).isEqualTo(name);
    assertThat(command.run("forget", name, "--undo", "--reason", "again", "-c", config))
        .isEqualTo(1);
    assertThat(command.err()).contains("is not forgotten");
    assertThat(command.run("import", saved.toString(), "-c", config)).as(command.err()).isZero();
    assertThat(command.out()).contains("0 of 1 decisions were written");
    Files.writeString(saved, Files.readString(saved).replace("\"id\":\"forget-", "\"id\":\"f-"));
    assertThat(command.run("import", saved.toString(), "--json", "-c", config))
        .as(command.err())
        .isZero();
    assertThat(json().path("written").get(0).path("id").asText()).startsWith("f-");
    assertThat(command.run("export", saved.toString(), "-c", config)).as(command.err()).isZero();
    Files.writeString(saved, Files.readString(saved).replace("\"id\":\"f-", "\"id\":\"g-"));
    assertThat(command.run("export", saved.toString(), "-c", config)).isEqualTo(1);
    assertThat(command.err()).contains("stays as it is");
    assertThat(command.run("export", saved.toString(), "--force", "-c", config)).isZero();
    assertThat(command.run("push", name, "-c", config)).isEqualTo(1);

    assertThat(news())
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("at")
        .containsExactly(
            entry("forget", null, name, "decided"),
            entry("forget", null, name, "decided before"),
            entry("forget", null, name, "undone"),
            entry("forget", null, name, "failed"),
            entry("import", null, "decisions", "0 written"),
            entry("import", null, "decisions", "1 written"));
  }

  @Test
  void whoIsToLookAgainIsToldTheDigest() throws Exception {
    RepositoryName repository = registry.name("library/nginx");
    ImageState image = Samples.image(7);
    Descriptor top = new Descriptor(image.mediaType(), image.digest(), 1234);
    toTags(repository, top);
    write(image);
    String name = repository + ":v1";
    List<String> words =
        List.of("forget", name, "--timeout", "0", "-c", config(PEOPLE), "--reason");

    assertThat(run(words, "a\nkey")).isEqualTo(2);
    assertThat(command.err()).contains("--reason: has control characters");
    assertThat(run(words, "a key")).isEqualTo(3);

    assertThat(command.err())
        .contains("look again with 'longshore forget " + image.digest() + " --reason TEXT'");
  }

  private int run(List<String> words, String last) {
    return command.run(Stream.concat(words.stream(), Stream.of(last)).toArray(String[]::new));
  }

  /** What a command prints with {@code --json}. */
  private JsonNode json() throws IOException {
    return new JsonMapper().readTree(command.out());
  }

  @Test
  void whatIsDecidedOfAPeerIsToldAndCanBeTakenBack() throws Exception {
    String config = config(PEOPLE);

    assertThat(command.run("peer", "hold", "b", "--reason", "disk", "-c", config)).isEqualTo(1);
    assertThat(command.err()).contains("peer: b (expected: one of peers that keeps copies: a)");
    assertThat(news()).isEmpty();
    assertThat(command.run("peer", "hold", "a", "--for", "4h", "--reason", "disk", "-c", config))
        .as(command.err())
        .isZero();
    assertThat(command.out()).startsWith("a gets no new copies until ");
    assertThat(command.run("peer", "unhold", "a", "--reason", "new disk", "-c", config))
        .as(command.err())
        .isZero();
    assertThat(command.out()).startsWith("taken back: hold-a-");
    assertThat(command.run("peer", "drain", "a", "--reason", "old", "-c", config)).isZero();
    assertThat(command.out()).contains("0 copies (0 B) move from a");
    assertThat(command.run("peer", "undrain", "a", "--reason", "new", "-c", config)).isZero();
    assertThat(command.run("plan", "moves", "-c", config)).isZero();
    assertThat(command.out()).contains("nothing would move");
    assertThat(command.run("guard", "list", "-c", config)).isZero();
    assertThat(command.out()).contains("no guard stops anything");
    assertThat(command.run("guard", "confirm", "lost-1", "--reason", "x", "-c", config))
        .isEqualTo(1);

    assertThat(news())
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("at")
        .containsExactly(
            entry("peer hold", null, "a", "decided"),
            entry("peer unhold", null, "a", "undone"),
            entry("peer drain", null, "a", "decided"),
            entry("peer undrain", null, "a", "undone"));
  }

  private static void toTags(RepositoryName repository, Descriptor top) throws Exception {
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

  private static void write(State state) throws Exception {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            broker.connection(KafkaBroker.ADMIN),
            new StringSerializer(),
            new ByteArraySerializer())) {
      producer
          .send(new Envelopes(PREFIX, "test", Clock.systemUTC()).seal(state, state.key()))
          .get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  @Test
  void whoMayNotWriteTheLogIsToldSoAndTheWorkIsDone() throws Exception {
    push(SILENT);

    assertThat(command.err()).contains("the audit log lacks it", "asked for");
    assertThat(news()).isEmpty();
  }

  @Test
  void nothingIsToldWhereTheTopicIsOff() throws Exception {
    push(PEOPLE, "--set", "telemetry.audit-topic=false");

    assertThat(command.err()).contains("asked for").doesNotContain("audit");
    assertThat(news()).isEmpty();
  }

  /** Nobody mirrors here, so that it ends when it has waited. */
  private int push(String user, String... more) throws IOException {
    List<String> words =
        new ArrayList<>(List.of("push", reference(), "--timeout", "1", "-c", config(user)));
    words.addAll(List.of(more));
    return command.run(words.toArray(String[]::new));
  }

  private static String reference() {
    return registry.name("team/app") + ":v1";
  }

  /** Has a service fail for good, and returns the key of that. */
  private static String deadLetter(String name) throws Exception {
    var converter = broker.connection("longshore-converter");
    try (HostedSteps services = new HostedSteps(PREFIX, Clock.systemUTC());
        EventSender sender =
            new EventSender(
                broker.connection(KafkaBroker.ADMIN), PREFIX, "test", LIMIT, Clock.systemUTC())) {
      services.start(
          converter,
          "converter",
          Topic.OBSERVED,
          (_, _) -> {
            throw new PermanentFailure("DIGEST_MISMATCH", "GET blob: other bytes", null);
          });
      var event = observed(name, 1);
      sender.send(event, "id of " + name);
      Eventually.await("it fails for good", () -> !dead(event.key()).isEmpty());
      return event.key();
    }
  }

  private static List<String> dead(String key) {
    return reader().all(Topic.DEAD).stream()
        .map(record -> String.valueOf(record.key()))
        .filter(key::equals)
        .toList();
  }

  private static Audited entry(
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

  /** What came since the test began; one caller's entries are in order. */
  private List<Audited> news() {
    List<Audited> all = audited();
    return all.subList(before, all.size());
  }

  private static List<Audited> audited() {
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

  private static TopicReader reader() {
    return new TopicReader(broker.connection(KafkaBroker.ADMIN), PREFIX);
  }

  private static String config(String user) throws IOException {
    Properties login = new Properties();
    broker.connection(user).forEach((name, value) -> login.put(name, value));
    Path properties = folder.resolve(user + ".properties");
    try (var out = Files.newOutputStream(properties)) {
      login.store(out, null);
    }
    String settings =
        """
        home: %s
        kafka:
          bootstrap-servers: ["%s"]
          topic-prefix: %s
          client-properties: %s
        registries:
          - {name: local, host: "%s", url: "http://%s"}
        peers:
          - {name: a, zone: north, rpc: "http://127.0.0.1:1", gateway: "http://127.0.0.1:1"}
        """
            .formatted(
                folder.resolve("home-" + user),
                broker.address(),
                PREFIX,
                properties,
                registry.host(),
                registry.host());
    return Files.writeString(folder.resolve(user + ".yaml"), settings).toString();
  }
}
