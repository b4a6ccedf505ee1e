package dev.longshore.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.app.LongshoreProcess.Ended;
import dev.longshore.app.cli.HomeCommand;
import dev.longshore.app.faults.TopicReader;
import dev.longshore.app.parts.Ports;
import dev.longshore.events.CopiesState;
import dev.longshore.events.CopyPhase;
import dev.longshore.events.EventJson;
import dev.longshore.events.MalformedEventException;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.events.ServedState;
import dev.longshore.events.State;
import dev.longshore.events.TagState;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.kubo.SwarmKey;
import dev.longshore.ipfs.testing.KuboDaemon;
import dev.longshore.programs.Command;
import dev.longshore.programs.Tools;
import dev.longshore.runtime.kafka.topics.TopicAdmin;
import dev.longshore.runtime.kafka.topics.TopicSpec;
import dev.longshore.runtime.kafka.topics.Topics;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.runtime.testing.KafkaBroker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
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
 * deploy/tools/export-state}: this version serves it and tells of it, before and after its pinner
 * wrote it anew.
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
      List<PinState> pins = last(kafka, Topic.PINS, PinState.class);
      kubo.ipfs(pinAll(pins));
      List<String> pinned = pinned(kubo);
      Path config = config(kafka, kubo);
      assertTheStartAsksForWhatIsMissing(config);
      try (LongshoreProcess resolver = start("service", "resolver", "--config", config + "")) {
        resolver.awaitOutput("resolver is ready", LIMIT);
        List<String> images = Files.readAllLines(export.resolve("images.tsv"));
        awaitKnown(images.getLast());
        assertServedAndTold(images, config);
        try (LongshoreProcess pinner = startPinner(config)) {
          pinner.awaitOutput("pinner is ready", LIMIT);
          assertMoved(pins, images, kafka);
        }
        assertServedAndTold(images, config);
      }
      assertThat(pinned(kubo)).containsExactlyInAnyOrderElementsOf(pinned);
    }
  }

  private void assertServedAndTold(List<String> images, Path config) throws Exception {
    for (String line : images) {
      int tab = line.indexOf('\t');
      String name = line.substring(0, tab);
      assertServed(name, line.substring(tab + 1));
      assertTold(config, name, line.substring(tab + 1));
    }
  }

  private static List<String> pinned(KuboDaemon kubo) throws Exception {
    return kubo.ipfs("pin", "ls", "--type=recursive", "--names").lines().toList();
  }

  /** As the first release named the pins of copies. */
  private static String[] pinAll(List<PinState> pins) {
    return Stream.concat(
            Stream.of("pin", "add", "--name=longshore:copy"),
            pins.stream().map(pin -> pin.imageDag().toString()))
        .toArray(String[]::new);
  }

  /** With a store and a port of its own, beside the resolver. */
  private LongshoreProcess startPinner(Path config) throws IOException {
    return LongshoreProcess.start(
        folder.resolve("pinner-home"),
        "service",
        "pinner",
        "--config",
        config.toString(),
        "--set",
        "health.listen=127.0.0.1:" + ports.webhooks());
  }

  /** Each copy has a record of its own that says what the old one said, and each name has one. */
  private static void assertMoved(List<PinState> before, List<String> images, KafkaBroker kafka) {
    Eventually.await(
        "all is moved",
        () ->
            last(kafka, Topic.COPIES, CopiesState.class).size() == before.size()
                && last(kafka, Topic.SERVED, ServedState.class).size()
                    == last(kafka, Topic.TAGS, TagState.class).size());
    assertThat(all(kafka, Topic.COPIES, CopiesState.class))
        .as("no copy was begun anew")
        .hasSameSizeAs(before);
    List<CopiesState> copies = last(kafka, Topic.COPIES, CopiesState.class);
    List<PinState> pins = last(kafka, Topic.PINS, PinState.class);
    for (PinState old : before) {
      PinState pin = of(old.key(), pins);
      assertThat(pin.copies()).isEmpty();
      assertThat(pin.verifiedCount()).isEqualTo(old.copies().size()).isEqualTo(pin.wanted());
      assertThat(pin.state()).isEqualTo(PinPhase.KEPT);
      assertThat(pin.allVerifiedAt()).isBefore(old.changedAt());
      assertThat(of(old.key(), copies).copies())
          .allMatch(copy -> copy.state() == CopyPhase.VERIFIED)
          .extracting(CopiesState.Copy::peer, CopiesState.Copy::bytes, CopiesState.Copy::changedAt)
          .containsExactlyInAnyOrderElementsOf(
              old.copies().stream()
                  .map(copy -> tuple(copy.peer(), copy.bytes(), copy.changedAt()))
                  .toList());
    }
    List<ServedState> served = last(kafka, Topic.SERVED, ServedState.class);
    assertThat(images)
        .allMatch(
            line ->
                served.stream()
                    .flatMap(name -> name.results().stream())
                    .anyMatch(result -> line.endsWith("\t" + result.digest())));
  }

  private static <T extends State> T of(String key, List<T> states) {
    return states.stream().filter(state -> state.key().equals(key)).findFirst().orElseThrow();
  }

  /** The newest of each key. */
  private static <T extends State> List<T> last(KafkaBroker kafka, Topic topic, Class<T> type) {
    Map<String, T> byKey = new HashMap<>();
    all(kafka, topic, type).forEach(state -> byKey.put(state.key(), state));
    return List.copyOf(byKey.values());
  }

  private static <T extends State> List<T> all(KafkaBroker kafka, Topic topic, Class<T> type) {
    List<T> all = new ArrayList<>();
    for (ConsumerRecord<String, byte[]> record :
        new TopicReader(kafka.connection(), PREFIX).all(topic)) {
      try {
        all.add(EventJson.read(record.value(), type));
      } catch (MalformedEventException e) {
        throw new IllegalStateException(record.key(), e);
      }
    }
    return all;
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
    try (LongshoreProcess resolver = start("service", "resolver", "--config", config + "")) {
      Ended refused = resolver.await(LIMIT);
      assertThat(refused.exitCode()).as(refused.err()).isEqualTo(1);
      assertThat(refused.err())
          .contains("topic longshore.served: does not exist; create it: longshore topics --create")
          .doesNotContain("longshore.tags");
    }
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
    Eventually.answer(LIMIT, () -> crane.tryTo("digest", name), told -> told.exitCode() == 0);
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
    return HomeCommand.run(folder.resolve("home"), LIMIT, arguments);
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
        pinner: {listen: "127.0.0.1:%d", grpc-listen: "127.0.0.1:%d"}
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
                peers(kubo),
                ports.pinner(),
                ports.pinnerGrpc(),
                ports.resolver(),
                ports.resolverGrpc(),
                REGISTRY,
                kubo.address().rpc(),
                kubo.address().gateway(),
                ports.health()));
  }

  /** Those of a development run: one is here, the others are away. */
  private static List<String> peers(KuboDaemon first) {
    String peer = "{name: peer-%d, rpc: \"%s\", gateway: \"%s\"}";
    return List.of(
        peer.formatted(1, first.address().rpc(), first.address().gateway()),
        peer.formatted(2, "http://127.0.0.1:2", "http://127.0.0.1:12"),
        peer.formatted(3, "http://127.0.0.1:3", "http://127.0.0.1:13"));
  }
}
