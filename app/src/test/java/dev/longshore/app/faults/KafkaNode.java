package dev.longshore.app.faults;

import ch.qos.logback.classic.LoggerContext;
import dev.longshore.programs.Kafka;
import dev.longshore.programs.KafkaServer;
import dev.longshore.runtime.service.logging.Logging;
import dev.longshore.runtime.service.logging.Redaction;
import dev.longshore.runtime.service.telemetry.LogFormat;
import dev.longshore.runtime.service.telemetry.LogLevel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.LoggerFactory;

/**
 * One Kafka of several, broker and controller, in a process of its own. Arguments: its number from
 * 1 on, the folder of its data, and {@code PORT:CONTROLLERPORT} of each.
 */
final class KafkaNode {
  static final String READY = "kafka is ready";

  private KafkaNode() {}

  public static void main(String[] arguments) throws Exception {
    Logging.configure(
        (LoggerContext) LoggerFactory.getILoggerFactory(),
        LogFormat.PLAIN,
        LogLevel.WARN,
        new Redaction(List.of()),
        System.err);
    int id = Integer.parseInt(arguments[0]);
    Path data = Path.of(arguments[1]);
    List<Kafka.Node> nodes = new ArrayList<>();
    for (String node : List.of(arguments).subList(2, arguments.length)) {
      String[] ports = node.split(":", 2);
      nodes.add(new Kafka.Node(Integer.parseInt(ports[0]), Integer.parseInt(ports[1])));
    }
    Kafka kafka = new Kafka(id, nodes, data, Map.of("min.insync.replicas", "2"));
    KafkaServer server = KafkaServer.start(kafka);
    Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown));
    System.out.println(READY);
    server.awaitEnd();
  }
}
