package dev.longshore.app.parts;

import dev.longshore.runtime.service.lifecycle.Part;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.metadata.storage.FormatterException;
import org.apache.kafka.server.common.MetadataVersion;
import org.jspecify.annotations.Nullable;

/**
 * One Kafka broker and controller in this process, on loopback, with its data kept over restarts.
 * It survives a killed process, not a power cut: it has one copy and does not force its log to
 * disk.
 */
public final class DevelopmentKafka implements Part {
  private final int port;
  private final int controllerPort;
  private final Path data;
  private @Nullable KafkaRaftServer server;

  public DevelopmentKafka(int port, int controllerPort, Path data) {
    this.port = port;
    this.controllerPort = controllerPort;
    this.data = data;
  }

  @Override
  public String name() {
    return "kafka";
  }

  @Override
  public void start() throws PartFailedException {
    try {
      format();
      KafkaRaftServer started =
          new KafkaRaftServer(new KafkaConfig(settings(), false), Time.SYSTEM);
      server = started;
      started.startup();
    } catch (IOException | FormatterException | KafkaException e) {
      stop(Duration.ZERO);
      throw new PartFailedException(
          "kafka could not be started on port %d with its data in %s: %s"
              .formatted(port, data, e.getMessage()),
          e);
    }
  }

  @Override
  public void stop(Duration drain) {
    KafkaRaftServer running = server;
    if (running != null) {
      server = null;
      running.shutdown();
      running.awaitShutdown();
    }
  }

  private void format() throws IOException, FormatterException {
    if (Files.exists(data.resolve("meta.properties"))) {
      return;
    }
    Files.createDirectories(data);
    try (PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream())) {
      Formatter formatter =
          new Formatter()
              .setClusterId(Uuid.randomUuid().toString())
              .setNodeId(1)
              .setControllerListenerName("CONTROLLER")
              .setDirectories(List.of(data.toString()))
              .setMetadataLogDirectory(data.toString())
              .setReleaseVersion(MetadataVersion.latestProduction())
              .setPrintStream(nowhere)
              .setIgnoreFormatted(true);
      formatter.run();
    } catch (IOException | FormatterException e) {
      throw e;
    } catch (Exception e) { // declared by the formatter, whatever its cause
      throw new FormatterException("the data folder could not be formatted", e);
    }
  }

  private Properties settings() {
    Properties settings = new Properties();
    String plain = "127.0.0.1:" + port;
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", "1");
    settings.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
    settings.put("listeners", "PLAINTEXT://" + plain + ",CONTROLLER://127.0.0.1:" + controllerPort);
    settings.put("advertised.listeners", "PLAINTEXT://" + plain);
    settings.put("controller.listener.names", "CONTROLLER");
    settings.put("log.dirs", data.toString());
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
    settings.put("auto.create.topics.enable", "false");
    // After kill -9 the next start waits until the dead broker's session is over; on a machine that
    // is short of CPU a living broker was late by over 2 s, and every partition without a leader.
    settings.put("broker.session.timeout.ms", "6000");
    settings.put("broker.heartbeat.interval.ms", "500");
    // The default of 128 MB is more than a development run's heap can give.
    settings.put("log.cleaner.dedupe.buffer.size", "2097152");
    settings.put("log.cleaner.io.buffer.size", "65536");
    return settings;
  }
}
