package dev.longshore.bench.parts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.app.KuboNodes;
import dev.longshore.app.parts.PartFailedException;
import dev.longshore.app.parts.Ports;
import dev.longshore.app.settings.ConfigFile;
import dev.longshore.bench.image.BigImage;
import dev.longshore.bench.measure.ProcessTree;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.registry.ClientSettings;
import dev.longshore.oci.registry.Registries;
import dev.longshore.oci.registry.RegistryPusher;
import dev.longshore.programs.Command;
import dev.longshore.programs.FreePorts;
import dev.longshore.programs.Program;
import dev.longshore.programs.Ready;
import dev.longshore.programs.RunningProgram;
import dev.longshore.programs.Tools;
import dev.longshore.runtime.config.PeerSettings;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code longshore up} in a process of its own, as the launcher starts it. */
public final class LongshoreUp implements AutoCloseable {
  private static final Duration START = Duration.ofMinutes(5);
  private static final Duration COPIES = Duration.ofMinutes(3);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(2);
  private static final int TIMEOUT_MILLIS = 10_000;
  private static final int FIRST_OFFSET = 20_000;
  private static final int OFFSET_STEP = 137;
  private static final int OFFSETS = 60;
  private static final ObjectMapper JSON = new ObjectMapper();
  private final Path home;
  private final Ports ports;
  private final RunningProgram program;

  private LongshoreUp(Path home, Ports ports, RunningProgram program) {
    this.home = home;
    this.ports = ports;
    this.program = program;
  }

  /**
   * Starts it in a folder that is empty. Its registry has the cache of its own example's settings.
   *
   * @param settings each {@code key=value}
   */
  public static LongshoreUp start(Path home, List<String> settings)
      throws IOException, InterruptedException {
    Files.createDirectories(home);
    Ports ports = freePorts();
    List<String> command =
        Jvm.command(List.of("-Xmx448m", "-XX:MaxDirectMemorySize=128m"), "dev.longshore.app.Main");
    command.addAll(List.of("up", "--port-offset", Integer.toString(ports.offset())));
    settings.forEach(setting -> command.addAll(List.of("--set", setting)));
    Program program =
        new Program(
            "longshore up",
            Command.of(command)
                .with(Map.of("LONGSHORE_HOME", home.toString()))
                .with(LoopbackRegistry.CACHE),
            home.resolve("up.out"),
            Ready.says("longshore is ready"),
            START);
    return new LongshoreUp(home, ports, program.start());
  }

  private static Ports freePorts() throws IOException {
    PartFailedException last = null;
    for (int i = 0; i < OFFSETS; i++) {
      Ports ports = new Ports(FIRST_OFFSET + i * OFFSET_STEP);
      try {
        ports.checkFree();
        if (FreePorts.reserve(ports.registry())) {
          return ports;
        }
      } catch (PartFailedException e) {
        last = e;
      }
    }
    throw new IOException("no free ports for a development run", last);
  }

  public Ports ports() {
    return ports;
  }

  /** Folder with the file {@code api} of the resolver's own Kubo. */
  public Path kubo() {
    return home.resolve("kubo-0");
  }

  /** All processes of the run: services, registry, Kubo nodes. */
  public ProcessTree processes() {
    return new ProcessTree(program.process());
  }

  /** What a command says about the run, in a JVM of its own. */
  public String command(String... arguments) throws IOException, InterruptedException {
    List<String> command = Jvm.command(List.of("-Xmx128m"), "dev.longshore.app.Main");
    command.addAll(List.of(arguments));
    command.addAll(List.of("--config", home.resolve("longshore.yaml").toString()));
    return Shell.run(command, Map.of("LONGSHORE_HOME", home.toString()));
  }

  /**
   * What the run counted so far.
   *
   * @param labels what stands in the braces of all that are added up
   */
  public long metric(String name, String... labels) throws IOException {
    URI page = URI.create("http://127.0.0.1:%d/metrics".formatted(ports.health()));
    HttpURLConnection call = (HttpURLConnection) page.toURL().openConnection();
    call.setConnectTimeout(TIMEOUT_MILLIS);
    call.setReadTimeout(TIMEOUT_MILLIS);
    try (var body = call.getInputStream()) {
      return new String(body.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> line.startsWith(name + "{"))
          .filter(line -> Stream.of(labels).allMatch(line::contains))
          .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
          .sum();
    }
  }

  /** A name in the run's registry. */
  public RepositoryName name(String repository) {
    return new RepositoryName(new RegistryHost("localhost:" + ports.registry()), repository);
  }

  /** Where the resolver has the same. */
  public String resolverUrl(RepositoryName name, String rest) {
    return "http://127.0.0.1:%d/v2/%s/%s/%s"
        .formatted(ports.resolver(), name.host().pathForm(), name.repository(), rest);
  }

  /** Where the registry has it. */
  public String registryUrl(RepositoryName name, String rest) {
    return "http://127.0.0.1:%d/v2/%s/%s".formatted(ports.registry(), name.repository(), rest);
  }

  /**
   * An image with all its copies.
   *
   * @param dag CID of its image DAG
   * @param root CID that {@code ipfs://} names
   */
  public record Mirrored(String dag, String root) {}

  /** The client of a node: 0 is the resolver's own, the others keep copies. */
  public IpfsNode node(int number) {
    return KuboNodes.open(
        new PeerSettings(
            "kubo-" + number,
            "bench",
            URI.create("http://127.0.0.1:" + ports.kuboRpc(number)),
            URI.create("http://127.0.0.1:" + ports.kuboGateway(number)),
            List.of(),
            null,
            true,
            false));
  }

  /** Where the gateway of the resolver's own Kubo has a blob of an image DAG. */
  public String gatewayUrl(String imageDag, Descriptor blob)
      throws IOException, InterruptedException {
    String path = "/ipfs/%s/blobs/sha256/%s".formatted(imageDag, blob.digest().hex());
    String resolved =
        Shell.run(
            List.of(
                new Tools(ConfigFile.root()).path("ipfs").toString(),
                "--api",
                "/ip4/127.0.0.1/tcp/" + ports.kuboRpc(0),
                "resolve",
                path),
            Map.of());
    return "http://127.0.0.1:%d%s".formatted(ports.kuboGateway(0), resolved);
  }

  public Descriptor push(BigImage image, RepositoryName name, String tag) throws RegistryException {
    return new RegistryPusher(Registries.of(), ClientSettings.defaults())
        .push(image.source(), image.reference(), name, tag);
  }

  /**
   * Waits until the resolver lists the digest with all its copies.
   *
   * @return what it became
   */
  public Mirrored awaitCopies(String digest)
      throws IOException, TimeoutException, InterruptedException {
    return awaitCopies(digest, "plain");
  }

  /** The same of what the digest became in a mode. */
  public Mirrored awaitCopies(String digest, String mode)
      throws IOException, TimeoutException, InterruptedException {
    return awaitCopies(digest, mode, LOOK_AGAIN, COPIES);
  }

  /**
   * The same of one of many images.
   *
   * @param pause between two looks, since each costs the resolver something
   */
  public Mirrored awaitCopies(String digest, Duration pause, Duration limit)
      throws IOException, TimeoutException, InterruptedException {
    return awaitCopies(digest, "plain", pause, limit);
  }

  private Mirrored awaitCopies(String digest, String mode, Duration pause, Duration limit)
      throws IOException, TimeoutException, InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      Optional<Mirrored> mirrored = complete(digest, mode);
      if (mirrored.isPresent()) {
        return mirrored.get();
      }
      if (System.nanoTime() > end) {
        throw new TimeoutException(digest + " has not all its copies within " + limit);
      }
      TimeUnit.NANOSECONDS.sleep(pause.toNanos());
    }
  }

  /** Waits until the resolver answers the tag with this digest. */
  public void awaitTag(RepositoryName name, String tag, String digest)
      throws IOException, TimeoutException, InterruptedException {
    long end = System.nanoTime() + COPIES.toNanos();
    while (!digest.equals(shown(name, tag))) {
      if (System.nanoTime() > end) {
        throw new TimeoutException(name + ":" + tag + " is not " + digest + " within " + COPIES);
      }
      TimeUnit.NANOSECONDS.sleep(LOOK_AGAIN.toNanos());
    }
  }

  private @Nullable String shown(RepositoryName name, String tag) throws IOException {
    URI manifest = URI.create(resolverUrl(name, "manifests/" + tag));
    HttpURLConnection call = (HttpURLConnection) manifest.toURL().openConnection();
    call.setRequestMethod("HEAD");
    call.setRequestProperty("Accept", "*/*");
    call.setConnectTimeout(TIMEOUT_MILLIS);
    call.setReadTimeout(TIMEOUT_MILLIS);
    return call.getResponseCode() == HttpURLConnection.HTTP_OK
        ? call.getHeaderField("Docker-Content-Digest")
        : null;
  }

  private Optional<Mirrored> complete(String digest, String mode) throws IOException {
    URI look =
        URI.create(
            "http://127.0.0.1:%d/v1/resolve?ref=%s"
                .formatted(ports.resolver(), URLEncoder.encode(digest, StandardCharsets.UTF_8)));
    HttpURLConnection call = (HttpURLConnection) look.toURL().openConnection();
    call.setConnectTimeout(TIMEOUT_MILLIS);
    call.setReadTimeout(TIMEOUT_MILLIS);
    if (call.getResponseCode() != HttpURLConnection.HTTP_OK) {
      var errors = call.getErrorStream();
      if (errors != null) {
        try (errors) {
          errors.readAllBytes();
        }
      }
      return Optional.empty();
    }
    try (var body = call.getInputStream()) {
      return complete(JSON.readTree(body), mode);
    }
  }

  private static Optional<Mirrored> complete(JsonNode answer, String mode) {
    List<JsonNode> conversions = new ArrayList<>();
    answer.path("images").forEach(i -> i.path("conversions").forEach(conversions::add));
    return conversions.stream()
        .filter(c -> c.path("mode").asText().equals(mode))
        .filter(c -> c.path("listed").asBoolean())
        .filter(c -> c.path("pin").path("verified").asInt() >= Ports.PEERS)
        .map(c -> new Mirrored(c.path("imageDag").asText(), c.path("root").asText()))
        .findFirst();
  }

  @Override
  public void close() {
    program.close();
  }
}
