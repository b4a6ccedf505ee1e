package dev.longshore.runtime.kafka.follow;

import dev.longshore.catalog.Partition;
import dev.longshore.events.Topic;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

/** The topics that the catalog follows, by their names in one Kafka. */
final class FollowedTopics {
  private final Map<TopicPartition, Partition> partitions = new HashMap<>();
  private final Map<String, Topic> names = new HashMap<>();

  FollowedTopics(String prefix, Set<Topic> topics) {
    for (Topic topic : topics) {
      names.put(topic.name(prefix), topic);
      IntStream.range(0, Topic.PARTITIONS)
          .forEach(
              n ->
                  partitions.put(
                      new TopicPartition(topic.name(prefix), n), new Partition(topic, n)));
    }
  }

  Set<String> names() {
    return Set.copyOf(names.keySet());
  }

  List<TopicPartition> partitions() {
    return List.copyOf(partitions.keySet());
  }

  Topic topic(String name) {
    Topic topic = names.get(name);
    if (topic == null) {
      throw new IllegalArgumentException("topic: " + name + " (expected: one that is followed)");
    }
    return topic;
  }

  Partition partition(TopicPartition kafka) {
    return new Partition(topic(kafka.topic()), kafka.partition());
  }

  /** Ids of the topics; a recreated topic has a new one. */
  KafkaFuture<Map<Topic, String>> ids(Admin admin) {
    return admin
        .describeTopics(names())
        .allTopicNames()
        .thenApply(
            found -> {
              Map<Topic, String> ids = new EnumMap<>(Topic.class);
              found.forEach((name, d) -> ids.put(topic(name), d.topicId().toString()));
              return ids;
            });
  }

  /**
   * Ids and ends together.
   *
   * @param read the end of what is known of each partition so far
   */
  Future<EndLook> look(Admin admin, Instant now, Map<Partition, Long> read) {
    return ids(admin)
        .toCompletionStage()
        .thenCombine(
            ends(admin).toCompletionStage(), (ids, ends) -> new EndLook(now, read, ids, ends))
        .toCompletableFuture();
  }

  KafkaFuture<Map<Partition, Long>> earliest(Admin admin) {
    return offsets(admin, OffsetSpec.earliest());
  }

  /**
   * Ends including uncommitted records: the last stable offset includes a transaction only once its
   * commit is complete.
   */
  private KafkaFuture<Map<Partition, Long>> ends(Admin admin) {
    return offsets(admin, OffsetSpec.latest());
  }

  private KafkaFuture<Map<Partition, Long>> offsets(Admin admin, OffsetSpec spec) {
    Map<TopicPartition, OffsetSpec> request =
        partitions.keySet().stream().collect(Collectors.toMap(p -> p, p -> spec));
    return admin
        .listOffsets(request, new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED))
        .all()
        .thenApply(this::offsets);
  }

  private Map<Partition, Long> offsets(Map<TopicPartition, ListOffsetsResultInfo> found) {
    Map<Partition, Long> offsets = new HashMap<>();
    found.forEach((p, info) -> offsets.put(partition(p), info.offset()));
    return offsets;
  }
}
