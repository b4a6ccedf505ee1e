package dev.longshore.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.app.FreePorts;
import dev.longshore.app.LongshoreProcess;
import dev.longshore.app.LongshoreProcess.Ended;
import dev.longshore.app.parts.Ports;
import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.registry.ClientSettings;
import dev.longshore.oci.registry.Registries;
import dev.longshore.oci.registry.RegistryPusher;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.programs.Command;
import dev.longshore.programs.Tools;
import dev.longshore.testing.RandomImage;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A development run for many commands, and beside it a second Longshore, started with {@code up
 * --config} on the same Kafka, registry and Kubo nodes: it has two peers where its rule wants three
 * copies, takes no image over 1 KiB from {@code team/large}, and knows a registry that is away.
 */
final class CommandBed implements AutoCloseable {
  /** Nothing listens there. */
  static final String AWAY = "localhost:1";

  /** They stay, and so have a process of their own. */
  private static final Set<String> PROGRAMS = Set.of("up", "service", "demo");

  private static final Duration START = Duration.ofMinutes(3);
  private static final Duration COMMAND = Duration.ofMinutes(4);
  private static final ObjectMapper JSON = new ObjectMapper();

  final Path home;
  final Ports ports = FreePorts.find();
  final Path small;
  private final Path smallHome;
  private final Ports others;
  private final List<LongshoreProcess> started = new ArrayList<>();

  CommandBed(Path folder) throws Exception {
    this.home = folder.resolve("home");
    this.small = folder.resolve("small.yaml");
    this.smallHome = folder.resolve("small");
    try {
      LongshoreProcess up = start(home, "up", "--port-offset", String.valueOf(ports.offset()));
      up.awaitOutput("longshore is ready", START);
      this.others = FreePorts.find();
      Files.writeString(small, smallConfig());
    } catch (Exception | AssertionError e) {
      close();
      throw e;
    }
  }

  /** Starts the second Longshore; its topics must be there. */
  void startSmall() throws IOException, InterruptedException {
    start(smallHome, "up", "--config", small.toString()).awaitOutput("longshore is ready", START);
  }

  /** Port of the second Longshore's health. */
  int smallHealth() {
    return others.health();
  }

  /** What the second Longshore has logged. */
  String smallLog() throws IOException {
    return started.getLast().err();
  }

  /** Returns when the second Longshore has logged the text. */
  void awaitSmallLog(String wanted, Duration limit) throws IOException, InterruptedException {
    started.getLast().awaitErrors(wanted, limit);
  }

  private LongshoreProcess start(Path itsHome, String... arguments) throws IOException {
    LongshoreProcess process = LongshoreProcess.start(itsHome, arguments);
    started.add(process);
    return process;
  }

  private String smallConfig() {
    return """
    kafka:
      bootstrap-servers: ["127.0.0.1:%d"]
      topic-prefix: small.
    registries:
      - {name: local, host: "localhost:%d", url: "http://127.0.0.1:%d"}
      - {name: away, host: "%s", plain-http: true}
    rules:
      - {match: "*/team/large", max-size: 1KiB}
      - {match: "**", copies: 3}
    peers:
      - {name: peer-1, zone: one, rpc: "http://127.0.0.1:%d", gateway: "http://127.0.0.1:%d"}
      - {name: peer-2, zone: two, rpc: "http://127.0.0.1:%d", gateway: "http://127.0.0.1:%d"}
    watcher:
      webhooks:
        listen: 127.0.0.1:%d
        credentials: {token-file: "%s"}
    pinner:
      listen: 127.0.0.1:%d
      grpc-listen: 127.0.0.1:%d
    resolver:
      listen: 127.0.0.1:%d
      grpc-listen: 127.0.0.1:%d
      kubo: {name: resolver, rpc: "http://127.0.0.1:%d", gateway: "http://127.0.0.1:%d"}
      kubo-repository: "%s"
    health: {listen: "127.0.0.1:%d"}
    telemetry: {logs: json}
    """
        .formatted(
            ports.kafka(),
            ports.registry(),
            ports.registry(),
            AWAY,
            ports.kuboRpc(1),
            ports.kuboGateway(1),
            ports.kuboRpc(2),
            ports.kuboGateway(2),
            others.webhooks(),
            home.resolve("webhook-token"),
            others.pinner(),
            others.pinnerGrpc(),
            others.resolver(),
            others.resolverGrpc(),
            ports.kuboRpc(0),
            ports.kuboGateway(0),
            smallHome.resolve("nowhere"),
            others.health());
  }

  /** A name in the development registry. */
  Reference name(String repository, String tag) {
    RegistryHost host = new RegistryHost("localhost:" + ports.registry());
    return Reference.tagged(new RepositoryName(host, repository), tag);
  }

  /** Puts an image into the development registry. */
  Descriptor toRegistry(Reference to, RandomImage image) throws Exception {
    InMemoryRegistry source = new InMemoryRegistry();
    String tag = to.tag().orElseThrow().text();
    source.push(to.name(), tag, image);
    return new RegistryPusher(Registries.of(), ClientSettings.defaults())
        .push(source, to, to.name(), tag);
  }

  /** Pulls an image through the resolver, every blob of it. */
  Command.Ended pull(RepositoryName name, Digest digest) throws Exception {
    String image = "127.0.0.1:%d/%s@%s".formatted(ports.resolver(), name.repository(), digest);
    Path to = Files.createTempDirectory(home, "pulled");
    return Tools.ofProject().command("crane").tryTo("pull", "--format=oci", image, to.toString());
  }

  /** Tells the second Longshore of a push to the registry that is away. */
  void hintOfAway(String repository, String tag) throws Exception {
    notifyOfAway("push", repository, tag);
  }

  /** The same of something that happened to a manifest there. */
  void notifyOfAway(String action, String repository, String tag) throws Exception {
    String token = Files.readString(home.resolve("webhook-token")).strip();
    String body =
        """
        {"events": [{"action": "%s", "target": {"repository": "%s", "tag": "%s",
          "mediaType": "application/vnd.oci.image.manifest.v1+json"}}]}
        """
            .formatted(action, repository, tag);
    URI hooks = URI.create("http://127.0.0.1:" + others.webhooks() + "/hooks/away");
    HttpRequest request =
        HttpRequest.newBuilder(hooks)
            .timeout(COMMAND)
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/vnd.docker.distribution.events.v2+json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      assertThat(client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
          .isEqualTo(202);
    }
  }

  /** Runs a command of the development run. */
  Ended run(String... arguments) throws Exception {
    return run(home, arguments);
  }

  /** Runs a command of the second Longshore. */
  Ended runSmall(String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--config", small.toString()));
    return run(smallHome, all.toArray(String[]::new));
  }

  private static Ended run(Path itsHome, String... arguments) throws Exception {
    return PROGRAMS.contains(arguments[0])
        ? LongshoreProcess.run(itsHome, COMMAND, arguments)
        : HomeCommand.run(itsHome, COMMAND, arguments);
  }

  /** What a command printed as JSON, when it ended with this code and said nothing wrong. */
  static JsonNode json(int code, Ended ended) throws IOException {
    assertThat(ended.exitCode()).as(ended.out() + ended.err()).isEqualTo(code);
    return JSON.readTree(ended.out());
  }

  /** That a command ended with this code, one sentence on stderr, and nothing on stdout. */
  static String sentence(int code, Ended ended) {
    assertThat(ended.exitCode()).as(ended.out() + ended.err()).isEqualTo(code);
    assertThat(ended.out()).isEmpty();
    List<String> errors =
        ended.err().lines().filter(line -> line.startsWith("longshore: ")).toList();
    assertThat(errors).as(ended.err()).hasSize(1);
    assertThat(ended.err()).doesNotContain("\tat ");
    return errors.getFirst();
  }

  @Override
  public void close() throws Exception {
    for (LongshoreProcess process : started.reversed()) {
      process.terminate();
      process.await(COMMAND);
    }
  }
}
