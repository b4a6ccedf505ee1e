package dev.longshore.runtime.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.jspecify.annotations.Nullable;

/**
 * A real Kafka of one node in this process, on free ports of the loopback, with small settings. It
 * keeps its data and its ports when it is stopped and started again.
 */
public final class KafkaBroker implements AutoCloseable {
  /** Who may do everything on a Kafka with users. */
  public static final String ADMIN = "admin";

  private static final String LOGIN =
      "org.apache.kafka.common.security.plain.PlainLoginModule required ";

  private final Path dir;
  private final int port;
  private final int controllerPort;
  private final List<String> users;
  private final List<String> listeners;
  private final Map<String, String> further;
  private @Nullable KafkaRaftServer server;

  private KafkaBroker(
      Path dir,
      int port,
      int controllerPort,
      List<String> users,
      List<String> listeners,
      Map<String, String> further) {
    this.dir = dir;
    this.users = List.copyOf(users);
    this.port = port;
    this.controllerPort = controllerPort;
    this.listeners = List.copyOf(listeners);
    this.further = Map.copyOf(further);
  }

  /** Starts a Kafka that keeps its data in the folder, which is formatted if it is empty. */
  public static KafkaBroker start(Path dir) {
    return start(dir, List.of(), List.of(), Map.of());
  }

  /**
   * Starts a Kafka where nobody may do anything but by an ACL, save {@link #ADMIN}.
   *
   * @param users who can log in besides; everybody's password is the user's name
   */
  public static KafkaBroker startWithUsers(Path dir, List<String> users) {
    List<String> all = new ArrayList<>(users);
    all.add(ADMIN);
    return start(dir, all, List.of(), Map.of());
  }

  /**
   * Starts a Kafka that listens elsewhere too. At {@link #address} nobody logs in.
   *
   * @param listeners as Kafka spells them, such as {@code OAUTH://127.0.0.1:9093}
   * @param further what these are, and other settings
   */
  public static KafkaBroker startWithListeners(
      Path dir, List<String> listeners, Map<String, String> further) {
    return start(dir, List.of(), listeners, further);
  }

  private static KafkaBroker start(
      Path dir, List<String> users, List<String> listeners, Map<String, String> further) {
    try (ServerSocket one = freePort();
        ServerSocket two = freePort()) {
      KafkaBroker broker =
          new KafkaBroker(dir, one.getLocalPort(), two.getLocalPort(), users, listeners, further);
      one.close();
      two.close();
      broker.start();
      return broker;
    } catch (IOException e) {
      throw new UncheckedIOException("looking for free ports", e);
    }
  }

  /** Starts it again where it was; it must be stopped. */
  public void start() {
    if (server != null) {
      throw new IllegalStateException("Kafka at " + address() + " runs already");
    }
    try {
      format();
    } catch (Exception e) {
      // The formatter declares Exception; nothing can be done about any of its kinds.
      throw new IllegalStateException("formatting " + dir + " for Kafka", e);
    }
    server = new KafkaRaftServer(new KafkaConfig(settings(), false), Time.SYSTEM);
    server.startup();
  }

  /** Stops it, waiting until it has let go of its files and ports. */
  public void stop() {
    if (server != null) {
      server.shutdown();
      server.awaitShutdown();
      server = null;
    }
  }

  @Override
  public void close() {
    stop();
  }

  /** Host and port. */
  public String address() {
    return "127.0.0.1:" + port;
  }

  /** Settings of a client of this Kafka. */
  public Map<String, Object> connection() {
    return Map.of("bootstrap.servers", address());
  }

  /** Settings of a client that logs in. */
  public Map<String, Object> connection(String user) {
    return Map.of(
        "bootstrap.servers",
        address(),
        "security.protocol",
        "SASL_PLAINTEXT",
        "sasl.mechanism",
        "PLAIN",
        "sasl.jaas.config",
        LOGIN + "username=\"" + user + "\" password=\"" + user + "\";");
  }

  private Map<String, String> withUsers() {
    Map<String, String> settings = new HashMap<>();
    String broker = "SASL_PLAINTEXT://127.0.0.1:" + port;
    settings.put("listeners", broker + ",CONTROLLER://127.0.0.1:" + controllerPort);
    settings.put("advertised.listeners", broker);
    settings.put(
        "listener.security.protocol.map", "SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT");
    settings.put("inter.broker.listener.name", "SASL_PLAINTEXT");
    settings.put("sasl.enabled.mechanisms", "PLAIN");
    settings.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
    settings.put(
        "listener.name.sasl_plaintext.plain.sasl.jaas.config",
        LOGIN
            + "username=\"%s\" password=\"%s\"".formatted(ADMIN, ADMIN)
            + users.stream()
                .map(user -> " user_%s=\"%s\"".formatted(user, user))
                .collect(Collectors.joining())
            + ";");
    settings.put(
        "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
    settings.put("super.users", "User:" + ADMIN + ";User:ANONYMOUS");
    return settings;
  }

  private void format() throws Exception {
    if (Files.exists(dir.resolve("meta.properties"))) {
      return;
    }
    Files.createDirectories(dir);
    new Formatter()
        .setClusterId(Uuid.randomUuid().toString())
        .setNodeId(1)
        .setControllerListenerName("CONTROLLER")
        .setDirectories(List.of(dir.toString()))
        .setMetadataLogDirectory(dir.toString())
        .setReleaseVersion(MetadataVersion.latestProduction())
        .setPrintStream(
            new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
        .setIgnoreFormatted(true)
        .run();
  }

  private Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>();
    List<String> all = new ArrayList<>(listeners);
    all.addFirst("PLAINTEXT://127.0.0.1:" + port);
    String broker = String.join(",", all);
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", "1");
    settings.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
    settings.put("listeners", broker + ",CONTROLLER://127.0.0.1:" + controllerPort);
    settings.put("advertised.listeners", broker);
    settings.put("controller.listener.names", "CONTROLLER");
    settings.put("log.dirs", dir.toString());
    for (String one :
        List.of(
            "offsets.topic.replication.factor",
            "offsets.topic.num.partitions",
            "transaction.state.log.replication.factor",
            "transaction.state.log.min.isr",
            "transaction.state.log.num.partitions",
            "share.coordinator.state.topic.replication.factor",
            "share.coordinator.state.topic.min.isr",
            "share.coordinator.state.topic.num.partitions",
            "default.replication.factor",
            "num.network.threads",
            "background.threads",
            "num.recovery.threads.per.data.dir")) {
      settings.put(one, "1");
    }
    settings.put("num.io.threads", "2");
    settings.put("group.initial.rebalance.delay.ms", "0");
    // So that the work of one that was killed goes over soon.
    settings.put("group.min.session.timeout.ms", "1000");
    settings.put("auto.create.topics.enable", "false");
    // It is always stopped in order, so that no start waits for a dead broker's session: long
    // enough for a machine that is busy with other tests.
    settings.put("broker.session.timeout.ms", "18000");
    settings.put("broker.heartbeat.interval.ms", "500");
    settings.put("log.cleaner.dedupe.buffer.size", "2097152");
    settings.put("log.cleaner.io.buffer.size", "65536");
    settings.put("log.cleaner.backoff.ms", "200");
    settings.put("log.segment.delete.delay.ms", "0");
    settings.put("log.index.size.max.bytes", "1048576");
    // An abandoned transaction is aborted soon after its timeout.
    settings.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "500");
    if (!users.isEmpty()) {
      settings.putAll(withUsers());
    }
    settings.putAll(further);
    return settings;
  }

  private static ServerSocket freePort() throws IOException {
    return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }
}
