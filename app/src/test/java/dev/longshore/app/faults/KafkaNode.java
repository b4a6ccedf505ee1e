package dev.longshore.app.faults;

import ch.qos.logback.classic.LoggerContext;
import dev.longshore.runtime.service.logging.Logging;
import dev.longshore.runtime.service.logging.Redaction;
import dev.longshore.runtime.service.telemetry.LogForm;
import dev.longshore.runtime.service.telemetry.LogLevel;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.slf4j.LoggerFactory;

/**
 * One Kafka of several, broker and controller, in a process of its own; Kafka's own defaults for
 * replicas are those of production. Arguments: its number from 1 on, the folder of its data, and
 * {@code PORT:CONTROLLERPORT} of each.
 */
final class KafkaNode {
  static final String READY = "kafka is ready";
  private static final String CLUSTER = "bG9uZ3Nob3JlLXRlc3RzMQ";

  private KafkaNode() {}

  public static void main(String[] arguments) throws Exception {
    Logging.configure(
        (LoggerContext) LoggerFactory.getILoggerFactory(),
        LogForm.PLAIN,
        LogLevel.WARN,
        new Redaction(List.of()),
        System.err);
    int id = Integer.parseInt(arguments[0]);
    Path data = Path.of(arguments[1]);
    List<String[]> nodes = new ArrayList<>();
    for (String node : List.of(arguments).subList(2, arguments.length)) {
      nodes.add(node.split(":", 2));
    }
    if (!Files.exists(data.resolve("meta.properties"))) {
      format(id, data);
    }
    KafkaRaftServer server =
        new KafkaRaftServer(new KafkaConfig(settings(id, data, nodes), false), Time.SYSTEM);
    Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown));
    server.startup();
    System.out.println(READY);
    server.awaitShutdown();
  }

  private static void format(int id, Path data) throws Exception {
    Files.createDirectories(data);
    try (PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream())) {
      new Formatter()
          .setClusterId(CLUSTER)
          .setNodeId(id)
          .setControllerListenerName("CONTROLLER")
          .setDirectories(List.of(data.toString()))
          .setMetadataLogDirectory(data.toString())
          .setReleaseVersion(MetadataVersion.latestProduction())
          .setPrintStream(nowhere)
          .setIgnoreFormatted(true)
          .run();
    }
  }

  private static Properties settings(int id, Path data, List<String[]> nodes) {
    List<String> voters = new ArrayList<>();
    for (int n = 1; n <= nodes.size(); n++) {
      voters.add(n + "@127.0.0.1:" + nodes.get(n - 1)[1]);
    }
    String broker = "PLAINTEXT://127.0.0.1:" + nodes.get(id - 1)[0];
    Properties settings = new Properties();
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", Integer.toString(id));
    settings.put("controller.quorum.voters", String.join(",", voters));
    settings.put("listeners", broker + ",CONTROLLER://127.0.0.1:" + nodes.get(id - 1)[1]);
    settings.put("advertised.listeners", broker);
    settings.put("controller.listener.names", "CONTROLLER");
    settings.put("log.dirs", data.toString());
    settings.put("default.replication.factor", "3");
    settings.put("min.insync.replicas", "2");
    for (String one :
        List.of("num.network.threads", "background.threads", "num.recovery.threads.per.data.dir")) {
      settings.put(one, "1");
    }
    settings.put("num.io.threads", "2");
    for (String one : List.of("offsets.topic", "transaction.state.log")) {
      settings.put(one + ".num.partitions", "3");
    }
    settings.put("group.initial.rebalance.delay.ms", "0");
    settings.put("auto.create.topics.enable", "false");
    // As for the development run: a busy machine must not look like a dead one.
    settings.put("broker.session.timeout.ms", "6000");
    settings.put("broker.heartbeat.interval.ms", "500");
    settings.put("log.cleaner.dedupe.buffer.size", "2097152");
    settings.put("log.cleaner.io.buffer.size", "65536");
    return settings;
  }
}
