package dev.longshore.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.app.LongshoreProcess.Ended;
import dev.longshore.app.parts.Ports;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.kubo.SwarmKey;
import dev.longshore.ipfs.testing.KuboDaemon;
import dev.longshore.programs.Command;
import dev.longshore.programs.Tools;
import dev.longshore.runtime.kafka.topics.TopicAdmin;
import dev.longshore.runtime.kafka.topics.TopicSpec;
import dev.longshore.runtime.kafka.topics.Topics;
import dev.longshore.runtime.testing.KafkaBroker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What earlier versions left in Kafka and on peers, written by their {@code
 * deploy/tools/export-state}: this version serves it and tells of it.
 */
@Timeout(180)
class EarlierStateIT {
  private static final Path EXPORTS = Path.of("src/test/resources/state");
  private static final String REGISTRY = "localhost:5055";
  private static final String PREFIX = "longshore.";
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Set<Topic> TOPICS_OF_FIRST_RELEASE =
      EnumSet.of(
          Topic.HINTS,
          Topic.OBSERVED,
          Topic.CONVERTED,
          Topic.FAILED,
          Topic.RETRY,
          Topic.DEAD,
          Topic.TAGS,
          Topic.IMAGES,
          Topic.BLOBS,
          Topic.PINS,
          Topic.AUDIT);
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;
  private final Ports ports = FreePorts.find();

  static Stream<Path> exports() throws IOException {
    try (Stream<Path> versions = Files.list(EXPORTS)) {
      return versions.sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("exports")
  void imagesOfAnEarlierVersionAreServedAndToldOf(Path export) throws Exception {
    SwarmKey key = SwarmKey.generate(new SecureRandom());
    try (KafkaBroker kafka = KafkaBroker.start(folder.resolve("kafka"));
        KuboDaemon kubo = KuboDaemon.start("resolver", folder, key)) {
      createTopicsOfTheFirstRelease(kafka);
      load(export.resolve("records.jsonl"), kafka);
      kubo.ipfs(
          "dag",
          "import",
          "--pin-roots=false",
          export.resolve("blocks.car").toAbsolutePath().toString());
      Path config = config(kafka, kubo);
      assertTheStartAsksForWhatIsMissing(config);
      try (LongshoreProcess resolver = start("service", "resolver", "--config", config + "")) {
        resolver.awaitOutput("resolver is ready", LIMIT);
        awaitKnown(Files.readAllLines(export.resolve("images.tsv")).getLast());
        for (String line : Files.readAllLines(export.resolve("images.tsv"))) {
          int tab = line.indexOf('\t');
          String name = line.substring(0, tab);
          assertServed(name, line.substring(tab + 1));
          assertTold(config, name, line.substring(tab + 1));
        }
      }
    }
  }

  private static void createTopicsOfTheFirstRelease(KafkaBroker kafka) throws Exception {
    List<TopicSpec> specs =
        Topics.specs(PREFIX, (short) 1).stream()
            .filter(spec -> TOPICS_OF_FIRST_RELEASE.contains(spec.topic()))
            .toList();
    try (Admin admin = Admin.create(kafka.connection())) {
      new TopicAdmin(admin, specs, LIMIT).createMissing();
    }
  }

  private void assertTheStartAsksForWhatIsMissing(Path config) throws Exception {
    Ended refused = run("service", "resolver", "--config", config + "");
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err())
        .contains("topic longshore.served: does not exist; create it: longshore topics --create")
        .doesNotContain("longshore.tags");
    Ended created = run("topics", "--create", "--config", config + "");
    assertThat(created.out()).contains("created longshore.served").doesNotContain("longshore.tags");
    assertThat(created.exitCode()).as(created.err()).isZero();
  }

  /** The same records, in the order of each partition. */
  private static void load(Path records, KafkaBroker kafka) throws Exception {
    Map<String, Object> settings = new HashMap<>(kafka.connection());
    settings.put("max.in.flight.requests.per.connection", 1);
    try (Producer<String, String> producer =
            new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
        Stream<String> lines = Files.lines(records)) {
      for (ProducerRecord<String, String> record : lines.map(EarlierStateIT::record).toList()) {
        producer.send(record).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
      }
    }
  }

  private static ProducerRecord<String, String> record(String line) {
    try {
      JsonNode read = JSON.readTree(line);
      JsonNode value = read.get("value");
      ProducerRecord<String, String> record =
          new ProducerRecord<>(
              PREFIX + read.get("topic").asText(),
              read.get("key").asText(),
              value.isNull() ? null : value.asText());
      read.get("headers")
          .properties()
          .forEach(
              header ->
                  record
                      .headers()
                      .add(
                          header.getKey(),
                          header.getValue().asText().getBytes(StandardCharsets.UTF_8)));
      return record;
    } catch (IOException e) {
      throw new UncheckedIOException(line, e);
    }
  }

  /** A resolver serves before it has read all of Kafka. */
  private void awaitKnown(String image) throws Exception {
    Command crane = Tools.ofProject().command("crane").in(folder);
    String name = "127.0.0.1:" + ports.resolver() + "/" + image.substring(0, image.indexOf('\t'));
    long end = System.nanoTime() + LIMIT.toNanos();
    while (crane.tryTo("digest", name).exitCode() != 0) {
      assertThat(System.nanoTime()).as(image + " is not known within " + LIMIT).isLessThan(end);
    }
  }

  private void assertServed(String name, String digest) throws Exception {
    Command crane = Tools.ofProject().command("crane").in(folder);
    String served = "127.0.0.1:" + ports.resolver() + "/" + name;

    assertThat(crane.run("digest", served).strip()).isEqualTo(digest);
    // Reads every blob; the layers of the encrypted and zstd ones are none that crane unpacks.
    String layout = name.replaceAll("[:/]", "-");
    crane.run("pull", "--format=oci", served, layout);
    assertThat(folder.resolve(layout).resolve("index.json")).exists();
  }

  private void assertTold(Path config, String name, String served) throws Exception {
    int colon = name.indexOf(':');
    String repository = "127.0.0.1:" + ports.resolver() + "/" + name.substring(0, colon);
    assertThat(Tools.ofProject().command("crane").in(folder).run("ls", repository).lines())
        .contains(name.substring(colon + 1));
    Ended told = run("resolve", REGISTRY + "/" + name, "--json", "--config", config + "");
    assertThat(told.exitCode()).as(told.err()).isZero();
    JsonNode conversions = JSON.readTree(told.out()).get("conversions");
    assertThat(conversions.findValuesAsText("digest")).contains(served);
    assertThat(conversions.findValues("verified")).allMatch(copies -> copies.asInt() == 3);
  }

  private Ended run(String... arguments) throws Exception {
    try (LongshoreProcess command = start(arguments)) {
      return command.await(LIMIT);
    }
  }

  private LongshoreProcess start(String... arguments) throws IOException {
    return LongshoreProcess.start(folder.resolve("home"), arguments);
  }

  private Path config(KafkaBroker kafka, KuboDaemon kubo) throws IOException {
    return Files.writeString(
        folder.resolve("longshore.yaml"),
        """
        kafka:
          bootstrap-servers: ["%s"]
        registries:
          - {name: local, host: "%s", plain-http: true}
        peers: %s
        resolver:
          listen: 127.0.0.1:%d
          grpc-listen: 127.0.0.1:%d
          default-registry: %s
          kubo: {name: resolver, rpc: "%s", gateway: "%s"}
        health:
          listen: 127.0.0.1:%d
        """
            .formatted(
                kafka.address(),
                REGISTRY,
                peers(),
                ports.resolver(),
                ports.resolverGrpc(),
                REGISTRY,
                kubo.address().rpc(),
                kubo.address().gateway(),
                ports.health()));
  }

  /** Those of a development run; nobody asks them. */
  private static List<String> peers() {
    return Stream.of(1, 2, 3)
        .map(
            n ->
                "{name: peer-%1$d, rpc: \"http://127.0.0.1:%1$d\", gateway: \"http://127.0.0.1:1%1$d\"}"
                    .formatted(n))
        .toList();
  }
}
