package dev.longshore.runtime.kafka;

import dev.longshore.events.Event;
import dev.longshore.events.EventJson;
import dev.longshore.events.MalformedEventException;
import dev.longshore.runtime.kafka.record.DeadLetter;
import dev.longshore.runtime.kafka.record.HeaderNames;
import dev.longshore.runtime.kafka.record.HeaderText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Sends dead letters to the topics where they arrived, with their original value and headers, each
 * once: one transaction holds the letter and the fact that it was sent. Of two concurrent replays,
 * the first fails.
 */
public final class Replay {
  /** Letters in one transaction. */
  private static final int BATCH = 100;

  private final DeadLetters letters;
  private final Predicate<Event> forgotten;

  /** Replays letters of any image. */
  public Replay(DeadLetters letters) {
    this(letters, _ -> false);
  }

  /**
   * @param forgotten whether an event is about an image that people decided to forget: it stays
   */
  public Replay(DeadLetters letters, Predicate<Event> forgotten) {
    this.letters = letters;
    this.forgotten = forgotten;
  }

  /**
   * The result of a replay.
   *
   * @param sent letters sent again
   * @param notKept letters whose value was too long to keep
   * @param tooFar letters too far behind others that were never replayed: replay those first, or
   *     wait until Kafka deletes them
   * @param forgotten letters about images that people decided to forget
   */
  public record Report(
      List<DeadLetter> sent,
      List<DeadLetter> notKept,
      List<DeadLetter> tooFar,
      List<DeadLetter> forgotten) {
    public Report {
      sent = List.copyOf(sent);
      notKept = List.copyOf(notKept);
      tooFar = List.copyOf(tooFar);
      forgotten = List.copyOf(forgotten);
    }

    /** Whether no letter matched. */
    public boolean isEmpty() {
      return sent.isEmpty() && notKept.isEmpty() && tooFar.isEmpty() && forgotten.isEmpty();
    }
  }

  private record Chosen(DeadLetter letter, ConsumerRecord<String, byte[]> record) {}

  /**
   * Replays the letters that match the filter and were not replayed before.
   *
   * @throws KafkaException when Kafka does not answer in time or another replay began; letters sent
   *     until then are not sent again
   */
  public Report run(DeadLetterFilter filter) {
    List<DeadLetter> sent = new ArrayList<>();
    List<DeadLetter> notKept = new ArrayList<>();
    List<DeadLetter> tooFar = new ArrayList<>();
    List<DeadLetter> left = new ArrayList<>();
    try (KafkaConsumer<String, byte[]> consumer = letters.open();
        KafkaProducer<String, byte[]> producer = producer()) {
      // Before reading, to end a killed replay's transaction.
      producer.initTransactions();
      Ledgers ledgers = letters.replayed(consumer);
      List<Chosen> batch = new ArrayList<>();
      letters.read(
          consumer,
          (partition, record) -> {
            Ledger ledger = ledgers.of(partition);
            if (!ledger.accept(record.offset())) {
              return;
            }
            DeadLetter.read(record, false)
                .filter(filter)
                .ifPresent(
                    letter -> {
                      if (isForgotten(record)) {
                        left.add(letter);
                      } else if (!letter.replayable()) {
                        notKept.add(letter);
                      } else if (!ledger.fits(letter.offset())) {
                        tooFar.add(letter);
                      } else {
                        batch.add(new Chosen(letter, record));
                      }
                    });
            if (batch.size() >= BATCH) {
              sent.addAll(send(producer, consumer.groupMetadata(), batch, ledgers));
            }
          });
      sent.addAll(send(producer, consumer.groupMetadata(), batch, ledgers));
    }
    return new Report(sent, notKept, tooFar, left);
  }

  private boolean isForgotten(ConsumerRecord<String, byte[]> record) {
    String type = HeaderText.get(record.headers(), HeaderNames.CE_TYPE);
    if (type == null || record.value() == null) {
      return false;
    }
    try {
      return EventJson.read(record.value(), type) instanceof Event event && forgotten.test(event);
    } catch (MalformedEventException e) {
      return false; // it is about no image
    }
  }

  private KafkaProducer<String, byte[]> producer() {
    int millis = Math.toIntExact(letters.limit().toMillis());
    Map<String, Object> settings = new HashMap<>(letters.connection());
    settings.put("client.id", letters.group());
    settings.put("transactional.id", letters.group());
    settings.put("max.block.ms", millis);
    settings.put("request.timeout.ms", millis);
    settings.put("delivery.timeout.ms", millis);
    settings.put("linger.ms", 0);
    return new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
  }

  /** Sends the batch in one transaction and empties it. */
  private List<DeadLetter> send(
      KafkaProducer<String, byte[]> producer,
      ConsumerGroupMetadata group,
      List<Chosen> batch,
      Ledgers ledgers) {
    if (batch.isEmpty()) {
      return List.of();
    }
    Map<TopicPartition, Set<Long>> ending = new HashMap<>();
    boolean committed = false;
    try {
      producer.beginTransaction();
      for (Chosen chosen : batch) {
        // A failure of one fails the transaction.
        var _ = producer.send(original(chosen));
        TopicPartition partition =
            new TopicPartition(chosen.record().topic(), chosen.record().partition());
        ending.computeIfAbsent(partition, _ -> new HashSet<>()).add(chosen.record().offset());
      }
      Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
      ending.forEach(
          (partition, ended) -> offsets.put(partition, ledgers.of(partition).after(ended)));
      producer.sendOffsetsToTransaction(offsets, group);
      producer.commitTransaction();
      committed = true;
    } finally {
      if (!committed) {
        producer.close(Duration.ZERO);
      }
    }
    ending.forEach((partition, ended) -> ledgers.of(partition).finish(ended));
    List<DeadLetter> sent = batch.stream().map(Chosen::letter).toList();
    batch.clear();
    return sent;
  }

  private ProducerRecord<String, byte[]> original(Chosen chosen) {
    Headers headers = new RecordHeaders();
    for (Header header : chosen.record().headers()) {
      if (!header.key().startsWith(HeaderNames.OURS)) {
        headers.add(header);
      }
    }
    String topic = letters.topicPrefix() + chosen.letter().topic();
    return new ProducerRecord<>(
        topic, null, null, chosen.record().key(), chosen.record().value(), headers);
  }
}
