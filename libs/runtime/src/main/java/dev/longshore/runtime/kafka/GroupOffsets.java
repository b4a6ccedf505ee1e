package dev.longshore.runtime.kafka;

import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Asks for a group's committed offsets, only when the result of a commit is unknown. */
final class GroupOffsets implements Committer.CommittedOffsets {
  private final ConsumerSettings settings;

  GroupOffsets(ConsumerSettings settings) {
    this.settings = settings;
  }

  /**
   * Whether these are the group's offsets, metadata included; waits for open transactions.
   *
   * @throws KafkaException when Kafka does not answer
   */
  @Override
  public boolean are(Map<TopicPartition, OffsetAndMetadata> wanted) throws InterruptedException {
    try (Admin admin = Admin.create(settings.admin())) {
      Map<TopicPartition, OffsetAndMetadata> found =
          admin
              .listConsumerGroupOffsets(
                  settings.group(), new ListConsumerGroupOffsetsOptions().requireStable(true))
              .partitionsToOffsetAndMetadata()
              .get();
      return wanted.entrySet().stream().allMatch(e -> same(e.getValue(), found.get(e.getKey())));
    } catch (ExecutionException e) {
      throw new KafkaException("asking for the offsets of group " + settings.group(), e.getCause());
    }
  }

  private static boolean same(OffsetAndMetadata wanted, @Nullable OffsetAndMetadata found) {
    return found != null
        && found.offset() == wanted.offset()
        && found.metadata().equals(wanted.metadata());
  }
}
