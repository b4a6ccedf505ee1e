package dev.longshore.app;

import dev.longshore.events.State;
import dev.longshore.runtime.kafka.record.Envelopes;
import dev.longshore.runtime.kafka.topics.TopicAdmin;
import dev.longshore.runtime.kafka.topics.Topics;
import dev.longshore.runtime.testing.KafkaBroker;
import dev.longshore.runtime.testing.PrintedRights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A Kafka with all topics that checks rights: users have those that {@code topics} prints. */
public final class KafkaWithRights implements AutoCloseable {
  public static final String PREFIX = "prod.";
  public static final Duration LIMIT = Duration.ofSeconds(30);

  private final Path folder;
  private final KafkaBroker broker;
  private final Admin admin;

  public KafkaWithRights(Path folder, List<String> users) throws Exception {
    this.folder = folder;
    this.broker = KafkaBroker.startWithUsers(folder.resolve("kafka"), users);
    this.admin = Admin.create(broker.connection(KafkaBroker.ADMIN));
    new TopicAdmin(admin, Topics.specs(PREFIX, (short) 1), LIMIT).createMissing();
    PrintedRights.give(admin, PREFIX);
  }

  public KafkaBroker broker() {
    return broker;
  }

  /** May do everything. */
  public Admin admin() {
    return admin;
  }

  public void write(State state) throws Exception {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            broker.connection(KafkaBroker.ADMIN),
            new StringSerializer(),
            new ByteArraySerializer())) {
      producer
          .send(new Envelopes(PREFIX, "test", Clock.systemUTC()).seal(state, state.key()))
          .get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** The section {@code kafka} of a user's settings. */
  public String settings(String user) throws IOException {
    Properties login = new Properties();
    login.putAll(broker.connection(user));
    Path properties = folder.resolve(user + ".properties");
    try (var out = Files.newOutputStream(properties)) {
      login.store(out, null);
    }
    return "kafka: {bootstrap-servers: [\"%s\"], topic-prefix: %s, client-properties: %s}\n"
        .formatted(broker.address(), PREFIX, properties);
  }

  @Override
  public void close() {
    admin.close();
    broker.close();
  }
}
