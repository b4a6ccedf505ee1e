package dev.longshore.runtime.kafka.follow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.State;
import dev.longshore.events.Topic;
import dev.longshore.testing.ManualClock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.junit.jupiter.api.Test;

/** Sessions on a topic of a Kafka in memory. */
class StateSessionTest {
  private final ManualClock clock = new ManualClock(Samples.NOW);
  private final FollowedTopics topics = new FollowedTopics("", Set.of(Topic.SITES));
  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
  private final List<Map<String, State>> known = new ArrayList<>();
  private final List<Instant> complete = new ArrayList<>();

  private StateSession opened(long end) throws InterruptedException {
    consumer.updateBeginningOffsets(
        topics.partitions().stream().collect(Collectors.toMap(p -> p, _ -> 0L)));
    StateSession session =
        new StateSession(
            consumer,
            TopicsInMemory.admin(_ -> end),
            topics,
            new RecordDecoder(),
            clock,
            known::add,
            complete::add);
    session.open();
    return session;
  }

  /** A poll would wait for its first record, and a hub admit no site until then. */
  @Test
  void anEmptyTopicIsKnownWithoutAPoll() throws Exception {
    opened(0);

    assertThat(known).containsExactly(Map.of());
    assertThat(complete).containsExactly(Samples.NOW);
  }

  @Test
  void aTopicWithRecordsIsNotKnownBeforeTheyAreRead() throws Exception {
    opened(1).poll();

    assertThat(known).isEmpty();
    assertThat(complete).isEmpty();
  }
}
