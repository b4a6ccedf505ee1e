package dev.longshore.app.faults;

import dev.longshore.app.FreePorts;
import dev.longshore.app.parts.DevelopmentConfig;
import dev.longshore.app.parts.DevelopmentHome;
import dev.longshore.app.parts.DevelopmentParts;
import dev.longshore.app.parts.Ports;
import dev.longshore.app.parts.Together;
import dev.longshore.catalog.Catalog;
import dev.longshore.programs.Tools;
import dev.longshore.runtime.kafka.follow.CatalogFollower;
import dev.longshore.runtime.kafka.link.KafkaSettings;
import dev.longshore.runtime.kafka.topics.TopicAdmin;
import dev.longshore.runtime.kafka.topics.WantedTopics;
import dev.longshore.runtime.service.lifecycle.Part;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;

/**
 * Three brokers, two watchers, two converters, two pinners and three resolvers, each a process of
 * its own, beside a registry that tells both watchers, and four Kubo nodes.
 */
final class TwoOfEach implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int SETS = 3;
  private final List<Ports> ports = FreePorts.find(SETS);
  private final Path home;
  private final Map<String, Victim> victims = new LinkedHashMap<>();
  private final Map<String, Integer> health = new LinkedHashMap<>();
  private final Part outside;
  private final Catalog catalog = Catalog.inMemory(Clock.systemUTC());
  private final Map<String, Object> kafka;
  private final CatalogFollower follower;

  TwoOfEach(Path folder) throws Exception {
    this.home = folder;
    DevelopmentHome development = new DevelopmentHome(folder);
    development.claim(ports.getFirst());
    new DevelopmentConfig(development, ports.getFirst()).write();
    String brokers =
        ports.stream().map(p -> "127.0.0.1:" + p.kafka()).collect(Collectors.joining(","));
    this.kafka = Map.of("bootstrap.servers", brokers);
    this.follower = new CatalogFollower(kafka, Cluster.PREFIX, catalog, Clock.systemUTC());
    this.outside = outside(development);
    for (int n = 1; n <= SETS; n++) {
      add(broker(n));
    }
    Path config = config(development, brokers);
    for (int n = 0; n < 2; n++) {
      service(config, "watcher", n, "watcher.webhooks.listen=127.0.0.1:" + ports.get(n).webhooks());
      service(config, "converter", n);
      service(
          config,
          "pinner",
          n,
          "pinner.listen=127.0.0.1:" + ports.get(n).pinner(),
          "pinner.grpc-listen=127.0.0.1:" + ports.get(n).pinnerGrpc());
    }
    for (int n = 0; n < SETS; n++) {
      service(
          config,
          "resolver",
          n,
          "resolver.listen=127.0.0.1:" + ports.get(n).resolver(),
          "resolver.grpc-listen=127.0.0.1:" + ports.get(n).resolverGrpc(),
          "resolver.kubo.rpc=http://127.0.0.1:" + ports.getFirst().kuboRpc(n),
          "resolver.kubo.gateway=http://127.0.0.1:" + ports.getFirst().kuboGateway(n),
          "resolver.kubo-repository=" + folder.resolve("kubo-" + n));
    }
  }

  private Part outside(DevelopmentHome development) throws Exception {
    Ports first = ports.getFirst();
    DevelopmentParts parts = new DevelopmentParts(development, first, Tools.ofProject(), _ -> {});
    List<Part> all = new ArrayList<>();
    for (int n = 0; n <= Ports.PEERS; n++) {
      all.add(parts.kubo(n));
    }
    all.add(parts.registry(ports.subList(0, 2)));
    return new Together(all);
  }

  private JavaProgram broker(int n) {
    List<String> arguments =
        new ArrayList<>(List.of(Integer.toString(n), home.resolve("kafka-" + n).toString()));
    ports.forEach(p -> arguments.add(p.kafka() + ":" + p.kafkaController()));
    return new JavaProgram("kafka-" + n, KafkaNode.READY, KafkaNode.class, arguments, home);
  }

  /** The settings of a development run, of three brokers, with a look at tags every 2 s. */
  private static Path config(DevelopmentHome development, String brokers) throws Exception {
    String text =
        Files.readString(development.config())
            .replace("interval: 5m", "interval: 2s")
            .replaceFirst(
                "bootstrap-servers: .*",
                "bootstrap-servers: [\"" + brokers.replace(",", "\", \"") + "\"]");
    return Files.writeString(development.config().resolveSibling("two.yaml"), text);
  }

  private void service(Path config, String service, int n, String... further) {
    String name = service + "-" + n;
    int port = spare().get(health.size());
    List<String> settings =
        new ArrayList<>(
            List.of(
                "instance=" + n, "home=" + home.resolve(name), "health.listen=127.0.0.1:" + port));
    settings.addAll(List.of(further));
    List<String> arguments = new ArrayList<>(List.of("--config", config.toString()));
    settings.forEach(setting -> arguments.addAll(List.of("--set", setting)));
    health.put(name, port);
    add(new JavaProgram(name, service, arguments, home));
  }

  /** Those of Kubo nodes that only the first set has. */
  private List<Integer> spare() {
    List<Integer> spare = new ArrayList<>();
    for (Ports set : ports.subList(1, SETS)) {
      for (int n = 0; n <= Ports.PEERS; n++) {
        spare.addAll(List.of(set.kuboRpc(n), set.kuboGateway(n)));
      }
    }
    return spare;
  }

  private void add(Victim victim) {
    victims.put(victim.name(), victim);
  }

  void start() throws Exception {
    List<Part> brokers = new ArrayList<>();
    List<Part> services = new ArrayList<>();
    victims
        .values()
        .forEach(
            victim -> (health.containsKey(victim.name()) ? services : brokers).add(part(victim)));
    brokers.add(outside);
    new Together(brokers).start();
    createTopics();
    follower.start();
    follower.awaitEnd(LIMIT);
    new Together(services).start();
  }

  private static Part part(Victim victim) {
    return new Part() {
      @Override
      public String name() {
        return victim.name();
      }

      @Override
      public void start() throws Exception {
        victim.start();
      }

      @Override
      public void stop(Duration drain) throws Exception {
        victim.stop();
      }
    };
  }

  /** As the number of brokers has it. */
  private void createTopics() throws InterruptedException {
    KafkaSettings unsaid = new KafkaSettings(List.of("unused:1"), Cluster.PREFIX, null, null);
    try (Admin admin = Admin.create(kafka)) {
      new TopicAdmin(admin, WantedTopics.of(unsaid, admin, LIMIT), LIMIT).createMissing();
    }
  }

  Victim victim(String name) {
    return Objects.requireNonNull(victims.get(name), name);
  }

  /** Where a service shows its figures. */
  int health(String name) {
    return Objects.requireNonNull(health.get(name), name);
  }

  Places places() {
    return new Places(
        ports.getFirst(), ports.stream().map(Ports::resolver).toList(), catalog, kafka);
  }

  Path logs() {
    return home.resolve("logs");
  }

  @Override
  public void close() throws Exception {
    follower.close();
    catalog.close();
    List<Part> all = new ArrayList<>(victims.values().stream().map(TwoOfEach::part).toList());
    try {
      // Services first, as brokers wait for each other.
      new Together(all.subList(SETS, all.size())).stop(Duration.ZERO);
      for (int n = 1; n <= SETS; n++) {
        victim("kafka-" + n).kill();
      }
    } finally {
      outside.stop(Duration.ofSeconds(5));
    }
  }
}
