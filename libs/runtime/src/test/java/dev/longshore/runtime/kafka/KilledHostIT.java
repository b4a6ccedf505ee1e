package dev.longshore.runtime.kafka;

import static dev.longshore.runtime.testing.Samples.converted;
import static dev.longshore.runtime.testing.Samples.observed;
import static dev.longshore.runtime.testing.Samples.state;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Observed;
import dev.longshore.events.Topic;
import dev.longshore.programs.RunningProgram;
import dev.longshore.runtime.kafka.record.KeyPartitions;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Message;
import dev.longshore.runtime.kafka.step.Progress;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.runtime.testing.KafkaBed;
import dev.longshore.runtime.testing.MemoryBus;
import dev.longshore.testing.FirstSeed;
import dev.longshore.testing.InTurn;
import dev.longshore.testing.SharedTurn;
import dev.longshore.testing.SplitMix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Hosts that are killed or paused as processes. */
@InTurn(SharedTurn.KILLS)
final class KilledHostIT {
  private static final int EVENTS = 120;

  @TempDir private Path dir;
  private KafkaBed bed;
  private final List<RunningProgram> processes = new ArrayList<>();

  @BeforeEach
  void open() throws Exception {
    bed = new KafkaBed();
  }

  @AfterEach
  void close() throws InterruptedException {
    for (RunningProgram process : processes) {
      process.kill();
    }
    bed.close();
  }

  private RunningProgram child(int callsToLive) throws IOException, InterruptedException {
    RunningProgram process = ChildHost.start(bed.connection(), bed.prefix(), "1", dir, callsToLive);
    processes.add(process);
    return process;
  }

  private static Effects publishAndAnnounce(Message message, Progress progress)
      throws InterruptedException {
    Observed observed = (Observed) message.body();
    progress.publish(Effects.of(state("dag" + observed.size(), 1)));
    return Effects.of(converted(observed));
  }

  static LongStream seeds() {
    return LongStream.range(0, Integer.getInteger("longshore.kills", 1))
        .map(n -> FirstSeed.get() + n);
  }

  /** One seed in CI, which the commit gives; more at night. */
  @ParameterizedTest
  @MethodSource("seeds")
  void aHostThatIsKilledAnywhereAnnouncesEachEventOnce(long seed) throws Exception {
    SplitMix random = new SplitMix(seed);
    for (int i = 0; i < EVENTS; i++) {
      bed.sendLater(observed("name" + i % 30, i));
    }
    bed.flush();
    RunningProgram halts = child(40 + random.nextInt(100));
    assertThat(halts.awaitEnd(Duration.ofSeconds(60))).hasValue(137);
    int before = bed.announced().size();
    RunningProgram killed = child(0);
    int enough = before + 1 + random.nextInt(20);
    Eventually.await("some more", () -> bed.announced().size() >= enough);
    killed.kill();

    bed.host("1", KilledHostIT::publishAndAnnounce).start();
    Eventually.await("all", () -> bed.announced().size() >= EVENTS);
    assertThat(bed.announced())
        .containsExactlyInAnyOrderElementsOf(LongStream.range(0, EVENTS).boxed().toList());
    Map<String, Set<String>> idsByKey =
        bed.records(Topic.PINS).stream()
            .collect(
                Collectors.groupingBy(
                    record -> record.key(), Collectors.mapping(MemoryBus::id, Collectors.toSet())));
    assertThat(idsByKey).hasSize(EVENTS).allSatisfy((_, ids) -> assertThat(ids).hasSize(1));
  }

  @Test
  void aPausedOwnerCommitsNothingAfterOthersTookOver() throws Exception {
    Files.writeString(dir.resolve("hold"), "");
    RunningProgram paused = child(0);
    bed.send(observed("name", 0));
    Eventually.await("the first owner", () -> Files.exists(dir.resolve("held")));
    paused.signal("STOP");
    bed.host("2", KilledHostIT::publishAndAnnounce).start();
    Eventually.await("the second owner", () -> bed.announced().size() == 1);
    String ofSecond = MemoryBus.id(bed.records(Topic.CONVERTED).getFirst());

    Files.delete(dir.resolve("hold"));
    paused.signal("CONT");
    bed.send(observed("name", 1));
    Eventually.await("the next event", () -> bed.announced().contains(1L));
    // The process that was paused is a member again: whatever it had tried before is over.
    Eventually.await("the first owner to be back", () -> members() == 2);
    bed.send(observed("name", 2));
    Eventually.await("the last event", () -> bed.announced().contains(2L));
    assertThat(bed.announced()).containsExactlyInAnyOrder(0L, 1L, 2L);
    assertThat(bed.records(Topic.CONVERTED)).extracting(MemoryBus::id).contains(ofSecond);
  }

  @Test
  void aHostThatIsKilledWhileItHandsOverLeavesNoPartitionWithNobody() throws Exception {
    Files.writeString(dir.resolve("hold"), "");
    RunningProgram killed = child(0);
    for (int i = 0; i < EVENTS; i++) {
      bed.sendLater(observed("name" + i, i));
    }
    bed.flush();
    Eventually.await("the first to work", () -> Files.exists(dir.resolve("held")));
    bed.host("2", KilledHostIT::publishAndAnnounce).start();
    int half = Topic.PARTITIONS;
    Eventually.await("it to be asked for half", () -> shares().equals(List.of(0, half)));
    killed.kill();
    Files.delete(dir.resolve("hold"));
    child(0);

    Eventually.await("each to have half", () -> shares().equals(List.of(half, half)));
    Eventually.await("all announced", () -> bed.announced().size() >= EVENTS);
    assertThat(bed.announced())
        .containsExactlyInAnyOrderElementsOf(LongStream.range(0, EVENTS).boxed().toList());
  }

  @Test
  void aGapIsToldAgainByEachProcessUntilItIsMadeGood() throws Exception {
    int partition = KeyPartitions.of(observed("name", 0).key());
    KeyedConsumer before = bed.host(KilledHostIT::publishAndAnnounce);
    before.start();
    bed.send(observed("name", 0));
    Eventually.await("the event", () -> bed.announced().size() == 1);
    before.stop(Duration.ofSeconds(5));
    TopicPartition emptied = new TopicPartition(Topic.OBSERVED.name(bed.prefix()), partition);
    Admin admin = bed.admin();
    admin.deleteConsumerGroupOffsets(bed.prefix() + "tester", Set.of(emptied)).all().get();

    Path gap = dir.resolve("gap-OBSERVED-" + partition);
    RunningProgram killed = child(0);
    Eventually.await("the gap", () -> Files.exists(gap));
    Eventually.await("the offset behind it", () -> committed(admin, emptied).isPresent());
    killed.kill();
    Files.delete(gap);
    RunningProgram second = child(0);
    Eventually.await("the gap again", () -> Files.exists(gap));

    Files.writeString(dir.resolve("good"), "");
    Eventually.await(
        "the end of it",
        () -> committed(admin, emptied).filter(o -> o.metadata().isEmpty()).isPresent());
    second.kill();
    Files.delete(gap);
    child(0);
    bed.send(observed("name", 1));
    Eventually.await("the next event", () -> bed.announced().contains(1L));
    assertThat(gap).doesNotExist();
  }

  private Optional<OffsetAndMetadata> committed(Admin admin, TopicPartition partition) {
    try {
      return Optional.ofNullable(
          admin
              .listConsumerGroupOffsets(bed.prefix() + "tester")
              .partitionsToOffsetAndMetadata()
              .get()
              .get(partition));
    } catch (Exception e) {
      throw new AssertionError("asking for the group's offsets", e);
    }
  }

  private int members() {
    return shares().size();
  }

  /** How many partitions each member has, the fewest first. */
  private List<Integer> shares() {
    try {
      String group = bed.prefix() + "tester";
      return bed
          .admin()
          .describeConsumerGroups(List.of(group))
          .describedGroups()
          .get(group)
          .get()
          .members()
          .stream()
          .map(member -> member.assignment().topicPartitions().size())
          .sorted()
          .toList();
    } catch (Exception e) {
      throw new AssertionError("describing the group", e);
    }
  }
}
