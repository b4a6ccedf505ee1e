import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.events.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Writes all committed records of the topics whose names begin with a prefix to stdout, one JSON
 * object a line: topic (without the prefix), key, headers, value. Longshore's values are JSON. Of a
 * key of the state topics the last one is written, as Kafka's compaction would have it.
 *
 * <p>java -cp "app/target/lib/*" ExportState.java BOOTSTRAP_SERVERS PREFIX
 */
final class ExportState {
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Set<String> STATE =
      Arrays.stream(Topic.values())
          .filter(Topic::holdsState)
          .map(topic -> topic.name(""))
          .collect(Collectors.toSet());
  private static final ObjectMapper JSON = new ObjectMapper();

  private ExportState() {}

  public static void main(String[] arguments) throws Exception {
    String prefix = arguments[1];
    Map<String, Object> settings =
        Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
            arguments[0],
            ConsumerConfig.ISOLATION_LEVEL_CONFIG,
            "read_committed");
    try (Consumer<String, String> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      List<TopicPartition> partitions =
          consumer.listTopics().values().stream()
              .flatMap(List::stream)
              .filter(info -> info.topic().startsWith(prefix))
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .sorted((a, b) -> a.toString().compareTo(b.toString()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      Map<String, String> lines = new LinkedHashMap<>();
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        for (ConsumerRecord<String, String> record : consumer.poll(POLL)) {
          String topic = record.topic().substring(prefix.length());
          boolean last = STATE.contains(topic);
          String what =
              last
                  ? topic + " " + record.key()
                  : topic + " " + record.partition() + " " + record.offset();
          lines.remove(what);
          lines.put(what, line(record, topic));
        }
      }
      lines.values().forEach(System.out::println);
    }
  }

  private static String line(ConsumerRecord<String, String> record, String topic) throws Exception {
    ObjectNode line = JSON.createObjectNode();
    line.put("topic", topic);
    line.put("key", record.key());
    ObjectNode headers = line.putObject("headers");
    for (Header header : record.headers()) {
      headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
    }
    line.put("value", record.value());
    return JSON.writeValueAsString(line);
  }
}
