package dev.longshore.app.faults;

import dev.longshore.app.FreePorts;
import dev.longshore.app.parts.DevelopmentConfig;
import dev.longshore.app.parts.DevelopmentHome;
import dev.longshore.app.parts.DevelopmentParts;
import dev.longshore.app.parts.Ports;
import dev.longshore.app.parts.Programs;
import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogFollower;
import dev.longshore.catalog.TopicAdmin;
import dev.longshore.catalog.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;

/** Kafka, registry, four Kubo nodes and the four services, each a process of its own. */
final class Cluster implements AutoCloseable {
  static final String PREFIX = "longshore.";
  private static final Duration LIMIT = Duration.ofSeconds(60);
  final Ports ports;
  final Catalog catalog = Catalog.inMemory(Clock.systemUTC());
  final Map<String, Object> kafka;
  private final Path home;
  private final Map<String, Victim> victims = new LinkedHashMap<>();
  private final CatalogFollower follower;

  Cluster(Path folder) throws Exception {
    this.home = folder;
    this.ports = FreePorts.find();
    this.kafka = Map.of("bootstrap.servers", "127.0.0.1:" + ports.kafka());
    this.follower = new CatalogFollower(kafka, PREFIX, catalog, Clock.systemUTC());
    DevelopmentHome development = new DevelopmentHome(folder);
    development.claim(ports);
    new DevelopmentConfig(development, ports).write();
    Path config = impatient(development.config());
    DevelopmentParts parts =
        new DevelopmentParts(
            development,
            ports,
            new Programs(Path.of(System.getProperty("longshore.root"))),
            _ -> {});
    development.webhookToken();
    add(new JavaProgram("kafka", List.of("--port-offset", ports.offset() + ""), folder));
    add(new OutsideProgram(parts.registry()));
    for (int n = 0; n <= Ports.PEERS; n++) {
      add(new OutsideProgram(parts.kubo(n)));
    }
    for (String service : List.of("watcher", "converter", "pinner", "resolver")) {
      add(
          new JavaProgram(
              service,
              List.of("--config", config.toString(), "--set", "health.listen=127.0.0.1:0"),
              folder));
    }
  }

  private void add(Victim victim) {
    victims.put(victim.name(), victim);
  }

  /** The settings of a development run that looks for lost webhooks every other second. */
  private static Path impatient(Path config) throws Exception {
    String text = Files.readString(config);
    Path faults = config.resolveSibling("faults.yaml");
    Files.writeString(faults, text.replace("interval: 5m", "interval: 2s"));
    return faults;
  }

  void start() throws Exception {
    for (Victim victim : victims.values()) {
      victim.start();
      if (victim.name().equals("kafka")) {
        createTopics();
        follower.start();
        follower.awaitEnd(LIMIT);
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

  List<Victim> victims() {
    return List.copyOf(victims.values());
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
