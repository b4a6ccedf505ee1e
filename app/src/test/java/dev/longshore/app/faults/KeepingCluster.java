package dev.longshore.app.faults;

import dev.longshore.app.FreePorts;
import dev.longshore.app.parts.DevelopmentConfig;
import dev.longshore.app.parts.DevelopmentHome;
import dev.longshore.app.parts.DevelopmentParts;
import dev.longshore.app.parts.Ports;
import dev.longshore.catalog.Catalog;
import dev.longshore.events.DecisionState;
import dev.longshore.ipfs.kubo.SwarmKey;
import dev.longshore.ipfs.testing.KuboDaemon;
import dev.longshore.programs.Tools;
import dev.longshore.runtime.kafka.decision.DecisionWriter;
import dev.longshore.runtime.kafka.follow.CatalogFollower;
import dev.longshore.runtime.kafka.topics.TopicAdmin;
import dev.longshore.runtime.kafka.topics.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;

/**
 * Five Kubo nodes in three zones, one of them on a small file system, two pinners, and what brings
 * images to them; each a process of its own.
 */
final class KeepingCluster implements AutoCloseable {
  /** The converter writes here; it keeps copies as well. */
  static final String INGEST = "p1";

  /** It stands on a file system of {@link SmallDisk#BYTES}. */
  static final String SMALL = "p4";

  private static final Map<String, String> ZONES =
      new TreeMap<>(Map.of("p1", "a", "p2", "a", "p3", "b", "p4", "b", "p5", "c"));

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static final List<String> SERVICES =
      List.of("watcher", "converter", "pinner-0", "pinner-1");

  /** What is asked of a peer in trouble is given up soon, and done again soon. */
  private static final List<String> IMPATIENT =
      List.of(
          "health.listen=127.0.0.1:0",
          "pinner.listen=127.0.0.1:0",
          "pinner.grpc-listen=127.0.0.1:0",
          "converter.stall-timeout=5s",
          "pinner.stall-timeout=5s",
          "pinner.call-timeout=2s",
          "pinner.repair-interval=1s",
          "pinner.scrub-interval=2s",
          "pinner.lost-after=5s");

  final Ports ports = FreePorts.find();
  final Catalog catalog = Catalog.inMemory(Clock.systemUTC());
  private final Path home;
  private final Map<String, Object> kafka =
      Map.of("bootstrap.servers", "127.0.0.1:" + ports.kafka());
  private final CatalogFollower follower =
      new CatalogFollower(kafka, Cluster.PREFIX, catalog, Clock.systemUTC());
  private final DevelopmentHome development;
  private final Map<String, KuboDaemon> peers = new LinkedHashMap<>();
  private final Map<String, JavaProgram> programs = new LinkedHashMap<>();
  private final List<DecisionState> decisions = new ArrayList<>();
  private final OutsideProgram registry;
  private final SmallDisk disk;

  KeepingCluster(Path folder) throws Exception {
    this.home = folder;
    this.development = new DevelopmentHome(folder);
    development.claim(ports);
    new DevelopmentConfig(development, ports).write();
    this.registry =
        new OutsideProgram(
            new DevelopmentParts(development, ports, Tools.ofProject(), _ -> {}).registry());
    this.disk = new SmallDisk(folder.resolve("peers").resolve(SMALL));
    program("kafka", "kafka", List.of("--port-offset", ports.offset() + ""));
    SERVICES.forEach(this::service);
  }

  private void service(String name) {
    List<String> arguments = new ArrayList<>(List.of("--config", config().toString()));
    List<String> settings = new ArrayList<>(IMPATIENT);
    settings.add("instance=" + name);
    settings.add("home=" + home.resolve(name));
    settings.forEach(setting -> arguments.addAll(List.of("--set", setting)));
    program(name, name.replaceFirst("-\\d", ""), arguments);
  }

  private void program(String name, String service, List<String> arguments) {
    programs.put(name, new JavaProgram(name, service, arguments, home));
  }

  private Path config() {
    return development.config().resolveSibling("keeping.yaml");
  }

  void start() throws Exception {
    SwarmKey key = SwarmKey.generate(new SecureRandom());
    Path folder = Files.createDirectories(home.resolve("peers"));
    disk.mount();
    for (String name : ZONES.keySet()) {
      peers.put(name, KuboDaemon.start(name, folder, key));
    }
    configure(ZONES.keySet());
    registry.start();
    startKafka();
    follower.start();
    follower.awaitEnd(LIMIT);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Void>> starts = new ArrayList<>();
      for (String name : SERVICES) {
        starts.add(
            () -> {
              program(name).start();
              return null;
            });
      }
      for (Future<Void> started : threads.invokeAll(starts)) {
        started.get();
      }
    }
  }

  private void startKafka() throws Exception {
    program("kafka").start();
    try (Admin admin = Admin.create(kafka)) {
      new TopicAdmin(admin, Topics.specs(Cluster.PREFIX, (short) 1), LIMIT).createMissing();
    }
  }

  /** A broker that comes back with nothing, and decisions that somebody had saved. */
  void loseKafka() throws Exception {
    program("kafka").kill();
    KillIT.delete(home.resolve("kafka"));
    startKafka();
    for (DecisionState decision : decisions) {
      writer().writeIfNewer(decision);
    }
  }

  void decide(DecisionState decision) throws Exception {
    writer().write(decision);
    decisions.add(decision);
  }

  private DecisionWriter writer() {
    return new DecisionWriter(kafka, Cluster.PREFIX, "test", LIMIT, Clock.systemUTC());
  }

  /** Writes the settings anew, in one move, with these peers alone. */
  void configure(Set<String> names) throws IOException {
    StringBuilder list = new StringBuilder("peers:\n");
    for (String name : names) {
      list.append(
          "  - {name: %s, zone: %s, rpc: \"%s\", gateway: \"%s\"}\n"
              .formatted(name, ZONES.get(name), peer(name).rpc(), peer(name).gateway()));
    }
    String text =
        Files.readString(development.config())
            .replace("interval: 5m", "interval: 2s")
            .replace("ingest-peer: peer-1", "ingest-peer: " + INGEST)
            .replaceFirst("(?s)peers:\n.*?(?=watcher:)", list.toString());
    Path next = Files.writeString(config().resolveSibling("next.yaml"), text);
    Files.move(next, config(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  Set<String> names() {
    return ZONES.keySet();
  }

  KuboDaemon peer(String name) {
    return Objects.requireNonNull(peers.get(name), name);
  }

  JavaProgram program(String name) {
    return Objects.requireNonNull(programs.get(name), name);
  }

  SmallDisk disk() {
    return disk;
  }

  Path logs() {
    return home.resolve("logs");
  }

  Path peerLogs() {
    return home.resolve("peers");
  }

  @Override
  public void close() throws Exception {
    follower.close();
    catalog.close();
    for (JavaProgram program : List.copyOf(programs.values()).reversed()) {
      program.stop();
    }
    registry.stop();
    peers.values().forEach(KuboDaemon::close);
    disk.close();
  }
}
