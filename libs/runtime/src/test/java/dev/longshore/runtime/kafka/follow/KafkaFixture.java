package dev.longshore.runtime.kafka.follow;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.testing.CatalogSourceFixture;
import dev.longshore.events.EventJson;
import dev.longshore.events.Failed;
import dev.longshore.events.LongshoreRecord;
import dev.longshore.events.MalformedEventException;
import dev.longshore.events.State;
import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.record.WorkFailureHeaders;
import dev.longshore.runtime.kafka.topics.TopicAdmin;
import dev.longshore.runtime.kafka.topics.TopicSpec;
import dev.longshore.runtime.kafka.topics.Topics;
import dev.longshore.runtime.testing.KafkaBroker;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** Topics of one prefix in a Kafka that other fixtures use too. */
final class KafkaFixture implements CatalogSourceFixture {
  private final KafkaBroker kafka;
  private final String prefix;
  private final Producer<String, byte[]> producer;

  KafkaFixture(KafkaBroker kafka, String prefix) {
    this.kafka = kafka;
    this.prefix = prefix;
    createTopics();
    this.producer = producer(Map.of());
  }

  void createTopics() {
    try (Admin admin = Admin.create(kafka.connection())) {
      new TopicAdmin(admin, specs(), Duration.ofSeconds(30)).createMissing();
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted while topics were created", e);
    }
  }

  void deleteTopics() {
    delete(specs().stream().map(TopicSpec::name).toList());
  }

  void deleteTopic(Topic topic) {
    delete(List.of(topic.name(prefix)));
  }

  private void delete(List<String> names) {
    try (Admin admin = Admin.create(kafka.connection())) {
      admin.deleteTopics(names).all().get(30, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new IllegalStateException("deleting topics " + prefix, e);
    }
  }

  /** Those alone that a catalog follows: every partition costs time. */
  private List<TopicSpec> specs() {
    return Topics.specs(prefix, (short) 1).stream()
        .filter(spec -> Catalog.TOPICS.contains(spec.topic()))
        .toList();
  }

  Producer<String, byte[]> producer(Map<String, Object> more) {
    Map<String, Object> settings = new HashMap<>(kafka.connection());
    settings.put("linger.ms", 0);
    settings.putAll(more);
    return new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
  }

  @Override
  public CatalogFollower source(Catalog catalog, Clock clock) {
    return new CatalogFollower(kafka.connection(), prefix, catalog, clock);
  }

  @Override
  public void put(State state) {
    send(record(state));
  }

  @Override
  public void delete(Topic topic, String key) {
    send(new ProducerRecord<>(topic.name(prefix), key, null));
  }

  @Override
  public void fail(Failed failed) {
    send(record(failed));
  }

  @Override
  public void park(
      String key, String stage, String endpoint, String cause, int attempt, Instant nextTry) {
    retry(key, utf8("{}"), stage, endpoint, cause, attempt, nextTry);
  }

  @Override
  public void stillAway(
      String key, String stage, String endpoint, String cause, int attempt, Instant nextTry) {
    retry(key, null, stage, endpoint, cause, attempt, nextTry);
  }

  private void retry(
      String key,
      byte @Nullable [] value,
      String stage,
      String endpoint,
      String cause,
      int attempt,
      Instant nextTry) {
    ProducerRecord<String, byte[]> record =
        new ProducerRecord<>(Topic.RETRY.name(prefix), key, value);
    record.headers().add(WorkFailureHeaders.STAGE, utf8(stage));
    record.headers().add(WorkFailureHeaders.ENDPOINT, utf8(endpoint));
    record.headers().add(WorkFailureHeaders.CAUSE, utf8(cause));
    record.headers().add(WorkFailureHeaders.ATTEMPT, utf8(Integer.toString(attempt)));
    record.headers().add(WorkFailureHeaders.NEXT_TRY, utf8(nextTry.toString()));
    send(record);
  }

  @Override
  public void over(String key, String stage) {
    ProducerRecord<String, byte[]> record =
        new ProducerRecord<>(Topic.RETRY.name(prefix), key, null);
    WorkFailureHeaders.addOver(record.headers(), stage);
    send(record);
  }

  @Override
  public void away(boolean away) {
    if (away) {
      kafka.stop();
    } else {
      kafka.start();
    }
  }

  @Override
  public void close() {
    producer.close(Duration.ZERO);
    // A broker's restart takes longer the more partitions it has.
    deleteTopics();
  }

  ProducerRecord<String, byte[]> record(LongshoreRecord value) {
    try {
      ProducerRecord<String, byte[]> record =
          new ProducerRecord<>(Topic.of(value).name(prefix), value.key(), EventJson.write(value));
      record.headers().add("ce_type", utf8(EventJson.type(value.getClass())));
      return record;
    } catch (MalformedEventException e) {
      throw new IllegalArgumentException(e);
    }
  }

  void send(ProducerRecord<String, byte[]> record) {
    try {
      producer.send(record).get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException("sending to " + record.topic(), e);
    }
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
