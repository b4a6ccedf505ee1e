package dev.longshore.runtime.kafka;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.TopicPartition;

/**
 * Assigns partitions to the processes of a service by number. Partitions of one number in all
 * topics go to one process, so that one process handles a key's records, parked ones too, one at a
 * time. Each process keeps its partitions as far as shares stay even, so that its work goes on when
 * others come or go, and gets another's partitions only after that one has released them.
 *
 * <p>Kafka's client creates it by its name.
 */
public final class SharesByNumber implements ConsumerPartitionAssignor {
  @Override
  public String name() {
    return "longshore-by-number";
  }

  @Override
  public List<RebalanceProtocol> supportedProtocols() {
    return List.of(RebalanceProtocol.COOPERATIVE);
  }

  @Override
  public GroupAssignment assign(Cluster cluster, GroupSubscription group) {
    Map<String, Subscription> members = group.groupSubscription();
    Map<TopicPartition, String> owners = owners(members);
    Map<String, NavigableSet<Integer>> held = new TreeMap<>();
    members.keySet().forEach(member -> held.put(member, new TreeSet<>()));
    owners.forEach(
        (partition, member) ->
            held.computeIfAbsent(member, _ -> new TreeSet<>()).add(partition.partition()));
    Map<String, NavigableSet<Integer>> shares = shares(numbers(cluster, members), held);
    Map<String, Assignment> assignments = new HashMap<>();
    members.forEach(
        (member, its) -> {
          NavigableSet<Integer> share = shares.getOrDefault(member, new TreeSet<>());
          List<TopicPartition> partitions = new ArrayList<>();
          for (String topic : its.topics()) {
            for (int number : share.headSet(cluster.partitionsForTopic(topic).size())) {
              TopicPartition partition = new TopicPartition(topic, number);
              // Handed over in two steps: its owner releases it now, then another gets it.
              if (owners.getOrDefault(partition, member).equals(member)) {
                partitions.add(partition);
              }
            }
          }
          assignments.put(member, new Assignment(partitions));
        });
    return new GroupAssignment(assignments);
  }

  private static int numbers(Cluster cluster, Map<String, Subscription> members) {
    return members.values().stream()
        .flatMap(member -> member.topics().stream())
        .mapToInt(topic -> cluster.partitionsForTopic(topic).size())
        .max()
        .orElse(0);
  }

  /**
   * The owner of each partition. Of two claims the later generation's counts: the other process was
   * away when the partition moved.
   */
  private static Map<TopicPartition, String> owners(Map<String, Subscription> members) {
    Map<TopicPartition, String> owners = new HashMap<>();
    members.entrySet().stream()
        .sorted(
            Comparator.<Map.Entry<String, Subscription>>comparingInt(
                    e -> e.getValue().generationId().orElse(-1))
                .thenComparing(Map.Entry::getKey))
        .forEach(e -> e.getValue().ownedPartitions().forEach(one -> owners.put(one, e.getKey())));
    return owners;
  }

  /** Even shares of the numbers, each keeping as many held ones as its size allows. */
  static Map<String, NavigableSet<Integer>> shares(
      int numbers, Map<String, NavigableSet<Integer>> held) {
    List<String> members = new ArrayList<>(held.keySet());
    members.sort(
        Comparator.<String>comparingInt(
                member -> -held.getOrDefault(member, new TreeSet<>()).size())
            .thenComparing(Comparator.naturalOrder()));
    NavigableSet<Integer> free = new TreeSet<>();
    for (int number = 0; number < numbers; number++) {
      free.add(number);
    }
    Map<String, NavigableSet<Integer>> shares = new TreeMap<>();
    for (int i = 0; i < members.size(); i++) {
      NavigableSet<Integer> share = new TreeSet<>();
      for (int number : held.getOrDefault(members.get(i), new TreeSet<>())) {
        if (share.size() < size(i, numbers, members.size()) && free.remove(number)) {
          share.add(number);
        }
      }
      shares.put(members.get(i), share);
    }
    for (int i = 0; i < members.size(); i++) {
      NavigableSet<Integer> share = shares.getOrDefault(members.get(i), new TreeSet<>());
      while (share.size() < size(i, numbers, members.size()) && !free.isEmpty()) {
        share.add(free.removeFirst());
      }
    }
    return shares;
  }

  private static int size(int index, int numbers, int members) {
    return numbers / members + (index < numbers % members ? 1 : 0);
  }
}
