package dev.longshore.app.query.kafka;

import dev.longshore.app.KafkaAdmin;
import dev.longshore.events.PollState;
import dev.longshore.runtime.kafka.link.KafkaSettings;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** An admin client and a consumer without a group, for one thread at a time. */
public final class KafkaClients implements AutoCloseable {
  /** For each answer of Kafka. */
  public static final Duration LIMIT = Duration.ofSeconds(5);

  private final Admin admin;
  private final PresentRecords<byte[]> records;
  private final ReadPolls polls;

  KafkaClients(Admin admin, Consumer<byte[], byte[]> consumer, String topicPrefix) {
    this.admin = admin;
    this.records = new PresentRecords<>(consumer);
    this.polls = new ReadPolls(consumer, topicPrefix);
  }

  /** Connects at the first question. */
  public static KafkaClients open(KafkaSettings kafka) {
    Admin admin = KafkaAdmin.open(kafka, LIMIT);
    boolean isOpen = false;
    try {
      KafkaClients clients =
          new KafkaClients(
              admin,
              PresentRecords.open(kafka, new ByteArrayDeserializer(), LIMIT).consumer(),
              kafka.topicPrefix());
      isOpen = true;
      return clients;
    } finally {
      if (!isOpen) {
        admin.close(Duration.ZERO);
      }
    }
  }

  public Admin admin() {
    return admin;
  }

  /** Whoever uses it assigns its partitions first. */
  public Consumer<byte[], byte[]> consumer() {
    return records.consumer();
  }

  /** The last states of topic {@code polls}. */
  public List<PollState> polls() {
    return polls.now();
  }

  @Override
  public void close() {
    try {
      records.close();
    } finally {
      admin.close(Duration.ZERO);
    }
  }
}
