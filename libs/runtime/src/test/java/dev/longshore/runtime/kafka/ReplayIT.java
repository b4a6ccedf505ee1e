package dev.longshore.runtime.kafka;

import static dev.longshore.runtime.testing.Samples.converted;
import static dev.longshore.runtime.testing.Samples.key;
import static dev.longshore.runtime.testing.Samples.observed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Observed;
import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.record.DeadLetter;
import dev.longshore.runtime.kafka.record.HeaderNames;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.runtime.testing.KafkaBed;
import dev.longshore.runtime.testing.MemoryBus;
import dev.longshore.testing.InTurn;
import dev.longshore.testing.SharedTurn;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** Dead letters on a real Kafka. */
@InTurn(SharedTurn.QUEUES)
final class ReplayIT {
  private static final int LETTERS = 250;

  private static DeadLetterFilter ofKey(String key) {
    return new DeadLetterFilter(
        Optional.of(key), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  private static DeadLetterFilter ofReason(String reason) {
    return new DeadLetterFilter(
        Optional.empty(),
        Optional.empty(),
        Optional.of(reason),
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void eachLetterThatIsMeantIsSentAgainOnceAsItWas() throws Exception {
    try (KafkaBed bed = new KafkaBed()) {
      AtomicBoolean mended = new AtomicBoolean();
      KeyedConsumer host =
          bed.host(
              (message, _) -> {
                Observed observed = (Observed) message.body();
                if (!mended.get()) {
                  String reason = observed.size() % 2 == 0 ? "TOO_LARGE" : "DIGEST_MISMATCH";
                  throw new PermanentFailure(reason, "GET blob: other bytes", null);
                }
                return Effects.of(converted(observed));
              });
      host.start();
      for (int i = 0; i < LETTERS; i++) {
        bed.sendLater(observed("name" + i, i));
      }
      Eventually.await("all dead", () -> bed.records(Topic.DEAD).size() == LETTERS);

      DeadLetters letters = new DeadLetters(bed.connection(), bed.prefix(), Duration.ofSeconds(30));
      List<DeadLetter> one = letters.list(ofKey(key("name7")), 100);
      assertThat(one)
          .singleElement()
          .satisfies(
              letter -> {
                assertThat(letter.stage()).isEqualTo("test");
                assertThat(letter.service()).isEqualTo("tester");
                assertThat(letter.reason()).isEqualTo("DIGEST_MISMATCH");
                assertThat(letter.cause()).isEqualTo("GET blob: other bytes");
                assertThat(letter.topic()).isEqualTo("observed");
                assertThat(letter.failedAt()).isBefore(Instant.now());
                assertThat(letter.replayed()).isFalse();
              });
      assertThat(letters.list(DeadLetterFilter.ALL, 30)).hasSize(30);

      mended.set(true);
      Replay.Report refused =
          new Replay(letters, event -> event.key().equals(key("name7"))).run(ofKey(key("name7")));
      assertThat(refused.sent()).isEmpty();
      assertThat(refused.forgotten()).extracting(DeadLetter::key).containsExactly(key("name7"));
      Replay replay = new Replay(letters);
      assertThat(replay.run(ofKey(key("name7"))).sent())
          .extracting(DeadLetter::key)
          .containsExactly(key("name7"));
      Eventually.await("the first one", () -> bed.announced().equals(List.of(7L)));
      assertThat(replay.run(ofKey(key("name7"))).sent()).isEmpty();
      assertThat(replay.run(ofReason("TOO_LARGE")).sent()).hasSize(LETTERS / 2);
      Eventually.await("the even ones", () -> bed.announced().size() == LETTERS / 2 + 1);
      assertThat(replay.run(DeadLetterFilter.ALL).sent()).hasSize(LETTERS / 2 - 1);
      assertThat(replay.run(DeadLetterFilter.ALL).sent()).isEmpty();
      Eventually.await("all", () -> bed.announced().size() >= LETTERS);
      assertThat(bed.announced()).doesNotHaveDuplicates().hasSize(LETTERS);
      assertThat(letters.list(DeadLetterFilter.ALL, LETTERS))
          .hasSize(LETTERS)
          .allMatch(DeadLetter::replayed);

      List<ConsumerRecord<String, byte[]>> sevens =
          bed.records(Topic.OBSERVED).stream().filter(r -> r.key().equals(key("name7"))).toList();
      assertThat(sevens).hasSize(2);
      assertThat(sevens.getLast().value()).isEqualTo(sevens.getFirst().value());
      assertThat(MemoryBus.id(sevens.getLast())).isEqualTo(MemoryBus.id(sevens.getFirst()));
      assertThat(sevens.getLast().headers())
          .noneMatch(header -> header.key().startsWith(HeaderNames.OURS));
    }
  }
}
