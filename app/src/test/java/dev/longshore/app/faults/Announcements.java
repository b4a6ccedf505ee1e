package dev.longshore.app.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.events.Converted;
import dev.longshore.events.Observed;
import dev.longshore.events.Topic;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * That nothing stands twice in the topics. Events: one record for a digest that a tag came to, one
 * for a DAG under a name. States of tags and pins: each record of a key says something that the one
 * before did not. What blobs and images became may be found out by two at the same moment.
 */
final class Announcements {
  private static final JsonMapper JSON = new JsonMapper();

  private final TopicReader topics;

  Announcements(TopicReader topics) {
    this.topics = topics;
  }

  void requireEachOnce() throws IOException {
    Map<String, Integer> events = new HashMap<>();
    for (ConsumerRecord<String, byte[]> record : topics.all(Topic.OBSERVED)) {
      Observed event = Events.read(record, Observed.class);
      events.merge("observed " + event.key() + " " + event.digest(), 1, Integer::sum);
    }
    for (ConsumerRecord<String, byte[]> record : topics.all(Topic.CONVERTED)) {
      Converted event = Events.read(record, Converted.class);
      String name = event.name() + ":" + event.tag();
      events.merge("converted " + event.imageDag() + " " + name, 1, Integer::sum);
    }
    assertThat(events).isNotEmpty().allSatisfy((what, n) -> assertThat(n).as(what).isEqualTo(1));
    for (Topic topic : List.of(Topic.TAGS, Topic.PINS)) {
      requireNews(topic);
    }
  }

  private void requireNews(Topic topic) throws IOException {
    Map<String, JsonNode> before = new HashMap<>();
    for (ConsumerRecord<String, byte[]> record : topics.all(topic)) {
      ObjectNode state = (ObjectNode) JSON.readTree(record.value());
      state.remove(List.of("hintedAt", "observedAt", "convertedAt", "changedAt", "origin"));
      JsonNode last = before.put(record.key(), state);
      assertThat(state).as(topic + " " + record.key()).isNotEqualTo(last);
    }
  }
}
