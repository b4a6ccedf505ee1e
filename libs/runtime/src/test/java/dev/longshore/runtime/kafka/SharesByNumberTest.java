package dev.longshore.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.GroupSubscription;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class SharesByNumberTest {
  private static final int NUMBERS = 12;
  private static final List<String> TOPICS = List.of("observed", "retry");

  private final Map<String, Set<TopicPartition>> owned = new TreeMap<>();
  private int generation;

  private static Cluster cluster() {
    List<PartitionInfo> partitions = new ArrayList<>();
    Node[] brokers = {new Node(1, "broker", 9092)};
    for (String topic : TOPICS) {
      for (int number = 0; number < NUMBERS; number++) {
        partitions.add(new PartitionInfo(topic, number, brokers[0], brokers, brokers));
      }
    }
    return new Cluster("test", List.of(brokers), partitions, Set.of(), Set.of());
  }

  private static Subscription claim(Set<TopicPartition> partitions, int generation) {
    return new Subscription(
        TOPICS, ByteBuffer.allocate(0), List.copyOf(partitions), generation, Optional.empty());
  }

  private static Map<String, Set<TopicPartition>> assign(Map<String, Subscription> members) {
    Map<String, Assignment> given =
        new SharesByNumber().assign(cluster(), new GroupSubscription(members)).groupAssignment();
    Map<String, Set<TopicPartition>> assigned = new TreeMap<>();
    given.forEach((name, its) -> assigned.put(name, new HashSet<>(its.partitions())));
    return assigned;
  }

  /** One round of the protocol; returns the partitions that their owners let go of. */
  private Set<TopicPartition> round() {
    Map<String, Subscription> members = new HashMap<>();
    owned.forEach((name, partitions) -> members.put(name, claim(partitions, generation)));
    Map<String, Set<TopicPartition>> assigned = assign(members);
    generation++;
    Set<TopicPartition> released = new HashSet<>();
    Set<TopicPartition> added = new HashSet<>();
    assigned.forEach(
        (name, partitions) -> {
          Set<TopicPartition> before = owned.getOrDefault(name, Set.of());
          before.stream().filter(one -> !partitions.contains(one)).forEach(released::add);
          partitions.stream().filter(one -> !before.contains(one)).forEach(added::add);
        });
    assertThat(Collections.disjoint(added, released)).as("given only when free").isTrue();
    owned.putAll(assigned);
    return released;
  }

  /** Rounds until nothing moves any more. */
  private Set<TopicPartition> settle() {
    Set<TopicPartition> moved = new HashSet<>();
    Set<TopicPartition> released = round();
    while (!released.isEmpty()) {
      moved.addAll(released);
      released = round();
    }
    assertThat(owned.values().stream().flatMap(Set::stream).toList())
        .hasSize(NUMBERS * TOPICS.size())
        .doesNotHaveDuplicates();
    owned
        .values()
        .forEach(
            partitions ->
                assertThat(
                        partitions.stream()
                            .collect(Collectors.groupingBy(TopicPartition::partition)))
                    .allSatisfy((_, all) -> assertThat(all).hasSize(TOPICS.size())));
    List<Integer> sizes = owned.values().stream().map(Set::size).sorted().toList();
    assertThat(sizes.getLast() - sizes.getFirst()).isLessThanOrEqualTo(TOPICS.size());
    return moved;
  }

  @Test
  void aSecondProcessGetsHalfAndTheFirstKeepsTheRest() {
    owned.put("a", Set.of());
    settle();
    Set<TopicPartition> before = owned.get("a");
    owned.put("b", Set.of());

    assertThat(settle()).hasSize(NUMBERS);
    assertThat(before).containsAll(owned.get("a"));
  }

  @Test
  void whoStaysKeepsAllThatItHadWhenAnotherGoes() {
    List.of("a", "b", "c").forEach(name -> owned.put(name, Set.of()));
    settle();
    Map<String, Set<TopicPartition>> before = Map.copyOf(owned);
    owned.remove("b");

    assertThat(settle()).isEmpty();
    assertThat(owned.get("a")).containsAll(before.get("a"));
    assertThat(owned.get("c")).containsAll(before.get("c"));
  }

  @Test
  void whatIsClaimedTwiceStaysWithTheLaterGenerationAndIsGivenToNobodyElse() {
    Set<TopicPartition> all =
        TOPICS.stream()
            .flatMap(
                topic -> IntStream.range(0, NUMBERS).mapToObj(n -> new TopicPartition(topic, n)))
            .collect(Collectors.toSet());
    Map<String, Set<TopicPartition>> assigned =
        assign(Map.of("late", claim(all, 3), "new", claim(Set.of(), 7), "owner", claim(all, 7)));

    assertThat(assigned.get("owner")).hasSize(NUMBERS * TOPICS.size() / 3);
    assertThat(assigned.get("new")).isEmpty();
    assertThat(assigned.get("late")).isEmpty();
  }

  @Test
  void whoeverComesAndGoesEachPartitionHasOneOwnerInTheEnd() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    owned.put("p0", Set.of());
    for (int i = 1; i < 200; i++) {
      String name = "p" + random.nextInt(16);
      if (owned.containsKey(name) && owned.size() > 1) {
        owned.remove(name);
      } else {
        owned.put(name, Set.of());
      }
      if (random.nextBoolean()) {
        round();
      } else {
        assertThat(settle().size())
            .as("moved, seed " + seed)
            .isLessThanOrEqualTo(NUMBERS * TOPICS.size());
      }
    }
    settle();
  }
}
