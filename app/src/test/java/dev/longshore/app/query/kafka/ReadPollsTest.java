package dev.longshore.app.query.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.EventJson;
import dev.longshore.events.PollState;
import dev.longshore.events.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReadPollsTest {
  private static final String NAME = Topic.POLLS.name("longshore.");
  private static final TopicPartition FIRST = new TopicPartition(NAME, 0);
  private static final Instant NEXT = Instant.parse("2026-12-01T12:00:00Z");

  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
  private final ReadPolls polls = new ReadPolls(consumer, "longshore.");
  private long end;

  @BeforeEach
  void isEmpty() {
    Map<TopicPartition, Long> zero = new HashMap<>();
    IntStream.range(0, Topic.PARTITIONS).forEach(n -> zero.put(new TopicPartition(NAME, n), 0L));
    consumer.updateBeginningOffsets(zero);
    consumer.updateEndOffsets(zero);
  }

  private static PollState state(String repository, @Nullable String error) {
    return new PollState(
        "registry.test", repository, null, null, null, null, null, error, null, NEXT);
  }

  /** Kafka holds one more record, which the next poll returns. */
  private void holds(String key, @Nullable PollState state) throws Exception {
    byte[] value = state == null ? null : EventJson.write(state);
    holds(key, value);
  }

  private void holds(String key, byte @Nullable [] value) {
    long offset = end++;
    consumer.updateEndOffsets(Map.of(FIRST, end));
    consumer.schedulePollTask(
        () ->
            consumer.addRecord(
                new ConsumerRecord<>(
                    NAME,
                    0,
                    offset,
                    0,
                    TimestampType.CREATE_TIME,
                    0,
                    0,
                    key.getBytes(StandardCharsets.UTF_8),
                    value,
                    new RecordHeaders(
                        List.of(
                            new RecordHeader(
                                "ce_type",
                                EventJson.type(PollState.class).getBytes(StandardCharsets.UTF_8)))),
                    Optional.empty())));
  }

  @Test
  void aTopicWithoutRecordsHasNoStates() {
    assertThat(polls.now()).isEmpty();
  }

  @Test
  void eachLookReadsOnlyWhatCameSinceTheOneBefore() throws Exception {
    holds("one", state("one", null));
    holds("two", state("two", null));
    assertThat(polls.now()).extracting(PollState::repository).containsOnly("one", "two");
    // Nothing is scheduled any more: a look that read again would wait for its end, and fail.
    assertThat(polls.now()).hasSize(2);
    holds("two", state("two", "401"));
    assertThat(polls.now()).extracting(PollState::error).containsExactlyInAnyOrder(null, "401");
  }

  @Test
  void aStateThatWasDeletedIsGone() throws Exception {
    holds("one", state("one", null));
    assertThat(polls.now()).hasSize(1);
    holds("one", (PollState) null);
    assertThat(polls.now()).isEmpty();
  }

  @Test
  void whatCannotBeReadIsLeftOut() throws Exception {
    holds("one", "{".getBytes(StandardCharsets.UTF_8));
    holds("two", state("two", null));
    assertThat(polls.now()).extracting(PollState::repository).containsExactly("two");
  }

  @Test
  void statesOfATopicThatWasMadeAnewAreForgotten() throws Exception {
    holds("one", state("one", null));
    holds("two", state("two", null));
    assertThat(polls.now()).hasSize(2);
    end = 0;
    holds("three", state("three", null));
    assertThat(polls.now()).extracting(PollState::repository).containsExactly("three");
  }
}
