package dev.longshore.runtime.kafka.record;

import static dev.longshore.runtime.testing.Samples.observed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.testing.ManualClock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

/** Bytes and names that must stay as they are: readers of other releases rely on them. */
final class EnvelopesTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private final ManualClock clock = new ManualClock(NOW);
  private final Envelopes envelopes = new Envelopes("p.", "watcher", clock);

  private static Inbound inbound(byte[] value) {
    return Inbound.of(
        Topic.OBSERVED,
        new ConsumerRecord<>(
            "observed",
            2,
            5,
            NOW.toEpochMilli(),
            TimestampType.LOG_APPEND_TIME,
            3,
            value.length,
            "key",
            value,
            new RecordHeaders(),
            Optional.empty()));
  }

  @Test
  void idsFollowFromTheMessageTheTypeAndTheKey() {
    EventIds ids = EventIds.of(inbound(new byte[0]));
    // First 16 bytes of SHA-256 of "observed-2-5\ntype\nkey\n1".
    assertThat(ids.next("type", "key")).isEqualTo("26293a98e8a454443c905aa2be963f2d");
    assertThat(ids.next("type", "key")).isEqualTo("7074a7db6e5dad4e63601a17dcdc98d3");
    assertThat(EventIds.of(inbound(new byte[0])).next("type", "key"))
        .isEqualTo("26293a98e8a454443c905aa2be963f2d");
  }

  @Test
  void keysLieWhereKafkasProducerPutsThem() {
    assertThat(KeyPartitions.of("docker.io/library/debian:12")).isEqualTo(5);
    assertThat(KeyPartitions.of("bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi"))
        .isEqualTo(11);
  }

  @Test
  void anEventThatIsTooLargeIsRefused() {
    assertThatThrownBy(() -> envelopes.seal(observed("a".repeat(70_000), 1), "an id"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("65536");
  }

  @Test
  void aValueTooLongForADeadLetterIsDroppedWithAWordAboutIt() {
    Parking parking =
        new Parking("p.", new ServiceId("converter", "convert", "1"), envelopes, clock);
    List<ProducerRecord<String, byte[]>> records =
        parking.rejected(
            inbound(new byte[900_000]),
            new PermanentFailure("MALFORMED_EVENT", "x".repeat(5_000), null),
            new EventIds("cause"));
    ProducerRecord<String, byte[]> dead = records.getLast();
    assertThat(dead.topic()).isEqualTo("p.dead");
    assertThat(dead.value()).isNull();
    assertThat(HeaderText.get(dead.headers(), HeaderNames.DROPPED_BYTES)).isEqualTo("900000");
    assertThat(HeaderText.get(dead.headers(), "longshore_cause")).hasSize(2_000).endsWith("...");
    assertThat(DeadLetter.read(received(dead), false))
        .hasValueSatisfying(letter -> assertThat(letter.replayable()).isFalse());
  }

  private static ConsumerRecord<String, byte[]> received(ProducerRecord<String, byte[]> sent) {
    return new ConsumerRecord<>(
        sent.topic(),
        0,
        0,
        0,
        TimestampType.LOG_APPEND_TIME,
        0,
        0,
        sent.key(),
        sent.value(),
        sent.headers(),
        Optional.empty());
  }

  @Test
  void aRecordOfRetryThatNobodyOfLongshoreWroteIsForNoService() {
    ProducerRecord<String, byte[]> record =
        new EventRecords("", "test", clock).of(observed("name", 1), "an id");
    HeaderText.put(record.headers(), HeaderNames.SERVICE, "converter");
    HeaderText.put(record.headers(), "longshore_endpoint", "kubo a");
    HeaderText.put(record.headers(), HeaderNames.TOPIC, "observed");
    HeaderText.put(record.headers(), HeaderNames.OFFSET, "not a number");
    assertThat(Inbound.of(Topic.RETRY, received(record)).isFor("converter")).isFalse();
  }

  @Test
  void namesOfServicesAreFitForTopicsAndGroups() {
    assertThatThrownBy(() -> new ServiceId("a service", "s", "1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a service");
  }
}
