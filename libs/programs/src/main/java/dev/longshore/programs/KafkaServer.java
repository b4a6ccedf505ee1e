package dev.longshore.programs;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.util.List;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/** A Kafka node in this process. Callers need the broker's library. */
public final class KafkaServer implements AutoCloseable {
  /** The same for all nodes of a cluster. */
  private static final String CLUSTER = "bG9uZ3Nob3JlLXRlc3RzMQ";

  private final KafkaRaftServer server;

  private KafkaServer(KafkaRaftServer server) {
    this.server = server;
  }

  /**
   * Starts it; formats its folder if empty.
   *
   * @throws org.apache.kafka.common.KafkaException when it cannot start; it does not run then
   */
  public static KafkaServer start(Kafka kafka) throws IOException {
    if (!Files.exists(kafka.data().resolve("meta.properties"))) {
      format(kafka);
    }
    KafkaRaftServer server =
        new KafkaRaftServer(new KafkaConfig(kafka.settings(), false), Time.SYSTEM);
    KafkaServer started = new KafkaServer(server);
    try {
      server.startup();
    } catch (RuntimeException e) {
      started.close();
      throw e;
    }
    return started;
  }

  private static void format(Kafka kafka) throws IOException {
    Files.createDirectories(kafka.data());
    String data = kafka.data().toString();
    String cluster = kafka.nodes().size() == 1 ? Uuid.randomUuid().toString() : CLUSTER;
    try (PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream())) {
      new Formatter()
          .setClusterId(cluster)
          .setNodeId(kafka.id())
          .setControllerListenerName("CONTROLLER")
          .setDirectories(List.of(data))
          .setMetadataLogDirectory(data)
          .setReleaseVersion(MetadataVersion.latestProduction())
          .setPrintStream(nowhere)
          .setIgnoreFormatted(true)
          .run();
    } catch (IOException e) {
      throw e;
    } catch (Exception e) { // declared by the formatter, whatever its cause
      throw new IOException(
          "the folder %s could not be formatted: %s".formatted(data, e.getMessage()), e);
    }
  }

  /** Returns when it has ended after a request. */
  public void awaitEnd() {
    server.awaitShutdown();
  }

  /** Asks it to end. */
  public void shutdown() {
    server.shutdown();
  }

  /** Ends it; returns when its files and ports are free. */
  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }
}
