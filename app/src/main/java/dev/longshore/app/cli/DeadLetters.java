package dev.longshore.app.cli;

import dev.longshore.app.KafkaConnection;
import dev.longshore.catalog.Topic;
import dev.longshore.catalog.TroubleHeaders;
import dev.longshore.runtime.config.KafkaSettings;
import dev.longshore.runtime.kafka.HeaderNames;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** Events that could not be handled for good, as they lie in topic {@code dead}. */
final class DeadLetters {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofMillis(200);
  private final KafkaSettings kafka;
  private final Map<String, Object> connection;

  DeadLetters(KafkaSettings kafka) {
    this.kafka = kafka;
    this.connection = new HashMap<>(KafkaConnection.of(kafka));
    connection.put("default.api.timeout.ms", (int) LIMIT.toMillis());
  }

  /** One event; of several about the same key and topic the newest stands for all. */
  record Letter(ConsumerRecord<String, byte[]> record) {
    String key() {
      return String.valueOf(record.key());
    }

    /** Unprefixed topic where it arrived first. */
    String topic() {
      return header(HeaderNames.TOPIC);
    }

    String stage() {
      return header(TroubleHeaders.STAGE);
    }

    String reason() {
      return header(HeaderNames.REASON);
    }

    String failedAt() {
      return header(HeaderNames.FAILED_AT);
    }

    /** Whether the event is still whole, and where it belongs is known. */
    boolean replayable() {
      return record.value() != null
          && record.headers().lastHeader(HeaderNames.DROPPED_BYTES) == null
          && !topic().isEmpty();
    }

    private String header(String name) {
      @Nullable Header header = record.headers().lastHeader(name);
      return header == null || header.value() == null
          ? ""
          : new String(header.value(), StandardCharsets.UTF_8);
    }
  }

  /** All there are now, the oldest first. */
  List<Letter> read() throws CommandException {
    Map<String, Object> settings = new HashMap<>(connection);
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", false);
    settings.put("auto.offset.reset", "earliest");
    List<TopicPartition> partitions =
        IntStream.range(0, Topic.PARTITIONS)
            .mapToObj(n -> new TopicPartition(Topic.DEAD.name(kafka.topicPrefix()), n))
            .toList();
    try (Consumer<String, byte[]> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      Map<String, Letter> letters = new LinkedHashMap<>();
      long deadline = System.nanoTime() + LIMIT.toNanos();
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        if (System.nanoTime() > deadline) {
          throw new CommandException("reading dead letters: not done within " + LIMIT);
        }
        for (ConsumerRecord<String, byte[]> one : consumer.poll(POLL)) {
          Letter letter = new Letter(one);
          letters.put(letter.topic() + " " + letter.key(), letter);
        }
      }
      return List.copyOf(letters.values());
    } catch (KafkaException e) {
      throw new CommandException("reading dead letters: " + e, e);
    }
  }

  /** Sends events to the topics where they arrived first; returns when Kafka has all of them. */
  void replay(Collection<Letter> letters) throws CommandException, InterruptedException {
    Map<String, Object> settings = new HashMap<>(connection);
    settings.put("acks", "all");
    settings.put("request.timeout.ms", (int) LIMIT.toMillis());
    settings.put("delivery.timeout.ms", (int) LIMIT.toMillis());
    settings.put("linger.ms", 0);
    try (Producer<String, byte[]> producer =
        new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
      List<Future<?>> sent = new ArrayList<>();
      letters.forEach(letter -> sent.add(producer.send(again(letter))));
      for (Future<?> one : sent) {
        one.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (ExecutionException e) {
      throw new CommandException("sending events again: " + e.getCause(), e);
    } catch (TimeoutException | KafkaException e) {
      throw new CommandException("sending events again: " + e, e);
    }
  }

  private ProducerRecord<String, byte[]> again(Letter letter) {
    ProducerRecord<String, byte[]> record =
        new ProducerRecord<>(
            kafka.topicPrefix() + letter.topic(), letter.record().key(), letter.record().value());
    for (Header header : letter.record().headers()) {
      if (!header.key().startsWith(HeaderNames.OURS)) {
        record.headers().add(header);
      }
    }
    return record;
  }
}
