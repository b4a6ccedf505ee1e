package dev.longshore.runtime.testing;

import dev.longshore.programs.FreePorts;
import dev.longshore.programs.Kafka;
import dev.longshore.programs.KafkaServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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

  private static final Map<String, String> QUICK =
      Map.of(
          // So that the work of one that was killed goes over soon.
          "group.min.session.timeout.ms",
          "1000",
          // It is always stopped in order, so that no start waits for a dead broker's session: long
          // enough for a machine that is busy with other tests.
          "broker.session.timeout.ms",
          "18000",
          "log.cleaner.backoff.ms",
          "200",
          "log.segment.delete.delay.ms",
          "0",
          "log.index.size.max.bytes",
          "1048576",
          // An abandoned transaction is aborted soon after its timeout.
          "transaction.abort.timed.out.transaction.cleanup.interval.ms",
          "500");

  private final Kafka kafka;
  private @Nullable KafkaServer server;

  private KafkaBroker(Kafka kafka) {
    this.kafka = kafka;
  }

  /** Starts a Kafka that keeps its data in the folder, which is formatted if it is empty. */
  public static KafkaBroker start(Path dir) {
    return start(quick(dir));
  }

  /**
   * Starts a Kafka where nobody may do anything but by an ACL, save {@link #ADMIN}.
   *
   * @param users who can log in besides; everybody's password is the user's name
   */
  public static KafkaBroker startWithUsers(Path dir, List<String> users) {
    Kafka kafka = quick(dir);
    String broker = "SASL_PLAINTEXT://" + kafka.own().address();
    return start(kafka.listening(List.of(broker)).with(logins(users)));
  }

  /**
   * Starts a Kafka that listens elsewhere too. At {@link #address} nobody logs in.
   *
   * @param listeners as Kafka spells them, such as {@code OAUTH://127.0.0.1:9093}
   * @param further what these are, and other settings
   */
  public static KafkaBroker startWithListeners(
      Path dir, List<String> listeners, Map<String, String> further) {
    Kafka kafka = quick(dir);
    List<String> all = new ArrayList<>(listeners);
    all.addFirst("PLAINTEXT://" + kafka.own().address());
    return start(kafka.listening(all).with(further));
  }

  private static Kafka quick(Path dir) {
    try {
      List<Integer> ports = FreePorts.find(2);
      return Kafka.alone(new Kafka.Node(ports.getFirst(), ports.getLast()), dir).with(QUICK);
    } catch (IOException e) {
      throw new UncheckedIOException("looking for free ports", e);
    }
  }

  private static KafkaBroker start(Kafka kafka) {
    KafkaBroker broker = new KafkaBroker(kafka);
    broker.start();
    return broker;
  }

  /** Starts it again where it was; it must be stopped. */
  public void start() {
    if (server != null) {
      throw new IllegalStateException("Kafka at " + address() + " runs already");
    }
    try {
      server = KafkaServer.start(kafka);
    } catch (IOException e) {
      throw new UncheckedIOException("starting Kafka", e);
    }
  }

  /** Stops it, waiting until it has let go of its files and ports. */
  public void stop() {
    if (server != null) {
      server.close();
      server = null;
    }
  }

  @Override
  public void close() {
    stop();
  }

  /** Host and port. */
  public String address() {
    return kafka.own().address();
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

  private static Map<String, String> logins(List<String> users) {
    Map<String, String> settings = new HashMap<>();
    settings.put(
        "listener.security.protocol.map", "SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT");
    settings.put("inter.broker.listener.name", "SASL_PLAINTEXT");
    settings.put("sasl.enabled.mechanisms", "PLAIN");
    settings.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
    settings.put(
        "listener.name.sasl_plaintext.plain.sasl.jaas.config",
        LOGIN
            + "username=\"%s\" password=\"%s\"".formatted(ADMIN, ADMIN)
            + Stream.concat(users.stream(), Stream.of(ADMIN))
                .map(user -> " user_%s=\"%s\"".formatted(user, user))
                .collect(Collectors.joining())
            + ";");
    settings.put(
        "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
    settings.put("super.users", "User:" + ADMIN + ";User:ANONYMOUS");
    return settings;
  }
}
