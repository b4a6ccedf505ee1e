package dev.longshore.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.events.PinState;
import dev.longshore.events.State;
import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.record.KeyPartitions;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Message;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.runtime.testing.KafkaBed;
import dev.longshore.runtime.testing.Samples;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** States that a step wrote because it was asked to, read by who has the partition next. */
class StateReaderIT {
  private static final PinState FIRST = Samples.state("dag", 1);
  private static final PinState LAST = Samples.state("dag", 2);
  private static final int PARTITION = KeyPartitions.of(FIRST.key());

  private final Map<String, Effects> asked = new ConcurrentHashMap<>();
  private KafkaBed bed;

  @BeforeEach
  void start() {
    bed = new KafkaBed();
  }

  @AfterEach
  void stop() {
    bed.close();
  }

  @Test
  void whoGetsThePartitionReadsTheLastThatWasWritten() throws Exception {
    KeyedConsumer first = bed.host("1", (message, _) -> written(message));
    first.start();
    Eventually.await("the partition", () -> first.holds(Topic.OBSERVED, FIRST.key()));
    ask(first, Effects.of(FIRST));
    ask(first, Effects.of(LAST));
    first.stop(Duration.ofSeconds(5));
    Map<Integer, List<State>> read = new ConcurrentHashMap<>();
    KeyedConsumer second = bed.host("2", (message, _) -> written(message));
    second.onHeld(
        partition -> Thread.startVirtualThread(() -> read.put(partition, read(partition))));

    second.start();

    Eventually.await("the states", () -> read.containsKey(PARTITION));
    assertThat(read.get(PARTITION)).containsExactly(LAST);
    assertThat(reader().read(Topic.PINS)).as("of all partitions").containsExactly(LAST);
    ask(second, Effects.deleting(Topic.PINS, FIRST.key()));
    assertThat(read(PARTITION)).isEmpty();
  }

  @Test
  void aKafkaThatIsAwayIsSaid() {
    StateReader reader =
        new StateReader(Map.of("bootstrap.servers", "127.0.0.1:1"), "", Duration.ofSeconds(1));

    assertThatThrownBy(() -> reader.read(Topic.PINS, 3))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("reading pins-3");
  }

  private void ask(KeyedConsumer host, Effects effects) {
    asked.put(FIRST.key(), effects);
    assertThat(host.nudge(Topic.OBSERVED, FIRST.key())).isTrue();
    Eventually.await(
        "what was asked for",
        () ->
            asked.isEmpty() && bed.catalog().pins().of(FIRST.imageDag()).equals(expected(effects)));
  }

  private static Optional<PinState> expected(Effects effects) {
    return effects.records().stream().map(PinState.class::cast).findFirst();
  }

  private Effects written(Message message) {
    Effects effects = asked.remove(message.key());
    return effects == null ? Effects.NONE : effects;
  }

  private List<State> read(int partition) {
    try {
      return reader().read(Topic.PINS, partition);
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private StateReader reader() {
    return new StateReader(bed.connection(), bed.prefix(), Duration.ofSeconds(20));
  }
}
