package dev.longshore.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.app.KuboNodes;
import dev.longshore.app.settings.Settings;
import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.testing.RecordLog;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.PeerPhase;
import dev.longshore.events.PeerState;
import dev.longshore.events.State;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.PeerName;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.runtime.config.RegistrySettings;
import dev.longshore.testing.ManualClock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** {@code plan} as people type it, over a catalog and a registry in memory. */
final class PlanBed implements AutoCloseable {
  static final String HOST = Samples.REGISTRY;
  static final long GB = 1_000_000_000;
  static final String ALL_COPIES = "  - {match: \"**\", copies: 3}";
  static final String BASE = layer("base", 5 * GB);
  private static final String CONFIG = "application/vnd.oci.image.config.v1+json";
  private static final ObjectMapper JSON = new ObjectMapper();

  final InMemoryRegistry registry = new InMemoryRegistry();
  final ManualClock clock = new ManualClock(Samples.NOW);
  final Catalog catalog = Catalog.inMemory(clock);
  final List<Duration> pauses = new ArrayList<>();

  /** Files that peers say they have, by their roots; other peers do not answer. */
  final Map<String, Set<Cid>> holding = new HashMap<>();

  /** How often peers were asked whether they have a file. */
  final AtomicInteger questions = new AtomicInteger();

  /** What is read; the registry in memory unless a test says otherwise. */
  ImageSource images = registry;

  private final RecordLog log = new RecordLog();
  private final Path config;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  PlanBed(Path folder) {
    this.config = folder.resolve("longshore.yaml");
  }

  /** What a command reads besides its settings. */
  private final class Memory implements PlanCommand.Outside {
    @Override
    public PlanCommand.Known known(Settings settings) {
      return new PlanCommand.Known() {
        @Override
        public Catalog now() {
          return catalog;
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public ImageSource registries(List<RegistrySettings> registries) {
      return images;
    }

    @Override
    public IpfsNode node(PeerSettings peer) {
      IpfsNode away = KuboNodes.open(peer);
      Set<Cid> its = holding.get(peer.name());
      return (IpfsNode)
          Proxy.newProxyInstance(
              getClass().getClassLoader(),
              new Class<?>[] {IpfsNode.class},
              (_, method, arguments) -> {
                if (method.getName().equals("holds")) {
                  questions.incrementAndGet();
                  if (its != null) {
                    return its.contains((Cid) arguments[0]);
                  }
                }
                try {
                  return method.invoke(away, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });
    }

    @Override
    public void pause(Duration time) {
      pauses.add(time);
    }
  }

  /** Three names and a repository more of two images, which share their base. */
  long pushTwo() {
    String one = manifest("c1", BASE, layer("one", GB));
    String two = manifest("c2", BASE, layer("two", 2 * GB));
    push("team/app", "1", one);
    push("team/app", "2", two);
    push("team/app", "latest", two);
    push("team/other", "1", one);
    return (long) one.length() + two.length();
  }

  /** Writes the settings: peers a, b and c, each with so much room; everything is polled. */
  void configure(String rules, String... peers) throws IOException {
    String named =
        Arrays.stream(peers.length == 0 ? new String[] {"a", "b", "c"} : peers)
            .map(
                name ->
                    "  - {name: %s, zone: %s, rpc: \"http://127.0.0.1:1/%s\", gateway:"
                            .formatted(name, name, name)
                        + " \"http://127.0.0.1:2/%s\"}".formatted(name))
            .collect(Collectors.joining("\n"));
    Files.writeString(
        config,
        """
        home: %s
        registries:
          - name: dev
            host: %s
            plain-http: true
            poll: {repositories: ["**"], requests-per-second: 1000000000}
        peers:
        %s
        rules:
        %s
        pinner: {collect-below: 10}
        """
            .formatted(config.resolveSibling("home"), HOST, named, rules));
  }

  /** What the pinner recorded of a peer's space. */
  void recorded(String peer, @Nullable Long free, long total) {
    put(
        new PeerState(
            new PeerName(peer),
            null,
            List.of(),
            peer,
            PeerPhase.UP,
            Samples.NOW,
            null,
            null,
            null,
            free,
            total,
            null,
            null));
  }

  void room(long free) {
    for (String peer : List.of("a", "b", "c")) {
      recorded(peer, free, 0);
    }
  }

  void put(State state) {
    catalog.writer().apply(List.of(log.put(state)));
  }

  /** Runs {@code plan backfill}; the exit code. */
  int run(String... arguments) {
    out.reset();
    err.reset();
    List<String> line = new ArrayList<>(List.of("backfill", "-c", config.toString()));
    line.addAll(List.of(arguments));
    Terminal terminal =
        new Terminal(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false);
    CommandLine root = LongshoreCommand.commandLine(terminal, List.of("plan"));
    CommandLine plan =
        new CommandLine(new PlanCommand(terminal, clock, new Memory()))
            .setExecutionStrategy(root.getExecutionStrategy())
            .setParameterExceptionHandler(root.getParameterExceptionHandler())
            .setExecutionExceptionHandler(root.getExecutionExceptionHandler());
    return plan.execute(line.toArray(String[]::new));
  }

  /** What it prints as JSON when it ends with that code. */
  JsonNode json(int code, String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--json");
    assertThat(run(all.toArray(String[]::new))).as(out() + err()).isEqualTo(code);
    return JSON.readTree(out());
  }

  String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  /** A layer that nobody reads: a descriptor. */
  static String layer(String content, long size) {
    return descriptor(MediaType.OCI_LAYER_GZIP, content, size);
  }

  static Digest digest(String content) {
    return Digest.of(content.getBytes(StandardCharsets.UTF_8));
  }

  private static String descriptor(String mediaType, String content, long size) {
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
        .formatted(mediaType, digest(content), size);
  }

  /** A manifest with a config of 1,000 bytes and these layers. */
  static String manifest(String config, String... layers) {
    return "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":[%s]}"
        .formatted(
            MediaType.OCI_MANIFEST, descriptor(CONFIG, config, 1_000), String.join(",", layers));
  }

  /** Pushes a manifest under a tag. */
  Digest push(String repository, String tag, String manifest) {
    return push(repository, tag, MediaType.OCI_MANIFEST, manifest);
  }

  Digest push(String repository, String tag, String mediaType, String manifest) {
    RepositoryName name = Samples.name(repository);
    Digest digest =
        registry.pushManifest(name, mediaType, manifest.getBytes(StandardCharsets.UTF_8));
    registry.tag(name, tag, digest);
    return digest;
  }

  @Override
  public void close() {
    catalog.close();
  }
}
