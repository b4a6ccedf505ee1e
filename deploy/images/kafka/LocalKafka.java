import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * A broker set up by the variables that Kafka's own image knows: {@code KAFKA_LOG_DIRS} is {@code
 * log.dirs}, and so on; {@code CLUSTER_ID}.
 */
final class LocalKafka {
  private static final String PREFIX = "KAFKA_";

  /** Variables of that image's scripts, which are no settings. */
  private static final Set<String> OF_SCRIPTS =
      Set.of("KAFKA_HEAP_OPTS", "KAFKA_OPTS", "KAFKA_JVM_PERFORMANCE_OPTS");

  private LocalKafka() {}

  public static void main(String[] arguments) throws Exception {
    Properties settings = settings();
    Path data = Path.of(settings.getProperty("log.dirs"));
    if (!Files.exists(data.resolve("meta.properties"))) {
      format(data, settings);
    }
    KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(settings, false), Time.SYSTEM);
    Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown));
    server.startup();
    System.out.println("kafka is ready");
    server.awaitShutdown();
  }

  private static Properties settings() {
    Properties settings = new Properties();
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

  private static void format(Path data, Properties settings) throws Exception {
    try (PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream())) {
      new Formatter()
          .setClusterId(System.getenv("CLUSTER_ID"))
          .setNodeId(Integer.parseInt(settings.getProperty("node.id")))
          .setControllerListenerName(settings.getProperty("controller.listener.names"))
          .setDirectories(List.of(data.toString()))
          .setMetadataLogDirectory(data.toString())
          .setReleaseVersion(MetadataVersion.latestProduction())
          .setPrintStream(nowhere)
          .setIgnoreFormatted(true)
          .run();
    }
  }
}
