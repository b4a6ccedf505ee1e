package dev.longshore.app.faults;

import dev.longshore.app.FreePorts;
import dev.longshore.app.parts.DevelopmentConfig;
import dev.longshore.app.parts.DevelopmentHome;
import dev.longshore.app.parts.DevelopmentParts;
import dev.longshore.app.parts.Ports;
import dev.longshore.catalog.Catalog;
import dev.longshore.programs.Tools;
import dev.longshore.runtime.kafka.follow.CatalogFollower;
import dev.longshore.runtime.kafka.topics.TopicAdmin;
import dev.longshore.runtime.kafka.topics.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.admin.Admin;

/** Kafka, registry, four Kubo nodes and the four services, each a process of its own. */
final class Cluster implements AutoCloseable {
  static final String PREFIX = "longshore.";
  private static final List<String> SERVICES =
      List.of("watcher", "converter", "pinner", "resolver");
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** What is asked of a program that was just killed is given up soon, and done again soon. */
  private static final List<String> IMPATIENT =
      List.of(
          "converter.stall-timeout=10s",
          "pinner.stall-timeout=10s",
          "pinner.repair-interval=1s",
          "resolver.no-progress=5s");

  final Ports ports;
  final Catalog catalog = Catalog.inMemory(Clock.systemUTC());
  final Map<String, Object> kafka;
  final Path config;

  /** What the registry shows at the watcher's webhooks. */
  final String token;

  private final Path home;
  private final Map<String, Victim> victims = new LinkedHashMap<>();
  private final CatalogFollower follower;

  Cluster(Path folder) throws Exception {
    this(folder, FreePorts.find(), List.of(), config -> config);
  }

  /**
   * Starts nothing yet.
   *
   * @param ofWatcher settings of the watcher alone
   * @param settings changes the settings file of all services
   */
  Cluster(Path folder, Ports ports, List<String> ofWatcher, UnaryOperator<String> settings)
      throws Exception {
    this.home = folder;
    this.ports = ports;
    this.kafka = Map.of("bootstrap.servers", "127.0.0.1:" + ports.kafka());
    this.follower = new CatalogFollower(kafka, PREFIX, catalog, Clock.systemUTC());
    DevelopmentHome development = new DevelopmentHome(folder);
    development.claim(ports);
    new DevelopmentConfig(development, ports).write();
    this.config = impatient(development.config(), settings);
    DevelopmentParts parts = new DevelopmentParts(development, ports, Tools.ofProject(), _ -> {});
    this.token = development.webhookToken();
    add(new JavaProgram("kafka", List.of("--port-offset", ports.offset() + ""), folder));
    add(new OutsideProgram(parts.registry()));
    for (int n = 0; n <= Ports.PEERS; n++) {
      add(new OutsideProgram(parts.kubo(n)));
    }
    for (String service : SERVICES) {
      List<String> arguments = new ArrayList<>(List.of("--config", config.toString()));
      arguments.addAll(List.of("--set", "health.listen=127.0.0.1:0"));
      IMPATIENT.forEach(setting -> arguments.addAll(List.of("--set", setting)));
      if (service.equals("watcher")) {
        ofWatcher.forEach(setting -> arguments.addAll(List.of("--set", setting)));
      }
      add(new JavaProgram(service, arguments, folder));
    }
  }

  private void add(Victim victim) {
    victims.put(victim.name(), victim);
  }

  /** The settings of a development run that looks for lost webhooks every other second. */
  private static Path impatient(Path config, UnaryOperator<String> settings) throws Exception {
    String text = Files.readString(config).replace("interval: 5m", "interval: 2s");
    Path faults = config.resolveSibling("faults.yaml");
    Files.writeString(faults, settings.apply(text));
    return faults;
  }

  void start() throws Exception {
    List<Callable<Void>> services = new ArrayList<>();
    for (Victim victim : victims.values()) {
      if (SERVICES.contains(victim.name())) {
        services.add(
            () -> {
              victim.start();
              return null;
            });
      } else {
        victim.start();
      }
      if (victim.name().equals("kafka")) {
        createTopics();
        follower.start();
        follower.awaitEnd(LIMIT);
      }
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Void> started : threads.invokeAll(services)) {
        started.get();
      }
    }
  }

  private void createTopics() throws InterruptedException {
    try (Admin admin = Admin.create(kafka)) {
      new TopicAdmin(admin, Topics.specs(PREFIX, (short) 1), LIMIT).createMissing();
    }
  }

  Places places() {
    return new Places(ports, List.of(ports.resolver()), catalog, kafka);
  }

  Victim victim(String name) {
    return Objects.requireNonNull(victims.get(name), name);
  }

  List<Victim> victims() {
    return List.copyOf(victims.values());
  }

  /** The programs, those that are the same together. */
  List<List<Victim>> kinds() {
    Map<String, List<Victim>> kinds = new LinkedHashMap<>();
    for (Victim victim : victims()) {
      kinds
          .computeIfAbsent(victim.name().replaceFirst("-\\d$", ""), _ -> new ArrayList<>())
          .add(victim);
    }
    return List.copyOf(kinds.values());
  }

  Path logs() {
    return home.resolve("logs");
  }

  @Override
  public void close() throws Exception {
    follower.close();
    catalog.close();
    Exception failure = null;
    for (Victim victim : victims().reversed()) {
      try {
        victim.stop();
      } catch (Exception e) { // the others must be ended too
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
