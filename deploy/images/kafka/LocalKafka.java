import dev.longshore.programs.Kafka;
import dev.longshore.programs.KafkaServer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A broker set up by the variables that Kafka's own image knows: {@code KAFKA_LOG_DIRS} is {@code
 * log.dirs}, and so on.
 */
final class LocalKafka {
  private static final String PREFIX = "KAFKA_";

  /** Variables of that image's scripts, which are no settings. */
  private static final Set<String> OF_SCRIPTS =
      Set.of("KAFKA_HEAP_OPTS", "KAFKA_OPTS", "KAFKA_JVM_PERFORMANCE_OPTS");

  private LocalKafka() {}

  public static void main(String[] arguments) throws Exception {
    Map<String, String> settings = settings();
    Kafka kafka =
        new Kafka(
            Integer.parseInt(settings.get("node.id")),
            List.of(new Kafka.Node(9092, port(settings.get("controller.quorum.voters")))),
            Path.of(settings.get("log.dirs")),
            settings);
    KafkaServer server = KafkaServer.start(kafka);
    Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown));
    System.out.println("kafka is ready");
    server.awaitEnd();
  }

  private static int port(String address) {
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  private static Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>();
    System.getenv()
        .forEach(
            (name, value) -> {
              if (name.startsWith(PREFIX) && !OF_SCRIPTS.contains(name)) {
                String key = name.substring(PREFIX.length()).toLowerCase(Locale.ROOT);
                settings.put(key.replace('_', '.'), value);
              }
            });
    return settings;
  }
}
