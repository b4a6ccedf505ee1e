package dev.longshore.app.faults;

import dev.longshore.events.Topic;
import dev.longshore.runtime.testing.Eventually;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.common.KafkaFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends one process after another, as an upgrade does or as a machine's failure does. */
final class RollingRestart {
  private static final Logger LOG = LoggerFactory.getLogger(RollingRestart.class);
  private final TwoOfEach cluster;
  private final Admin admin;
  private final Duration limit;

  /**
   * @param limit for all restarts of a round
   */
  RollingRestart(TwoOfEach cluster, Admin admin, Duration limit) {
    this.cluster = cluster;
    this.admin = admin;
    this.limit = limit;
  }

  /** Each service once, and one broker; those that write and those that read side by side. */
  void round(int number) throws Exception {
    List<Callable<Void>> lanes =
        List.of(
            () -> {
              ended("watcher-0");
              killed("watcher-1");
              ended("converter-0");
              goneForLong("converter-1", "converter");
              return null;
            },
            () -> {
              ended("pinner-0");
              killed("pinner-1");
              ended("resolver-0");
              killed("resolver-1");
              ended("resolver-2");
              killed("kafka-" + (1 + number % 3));
              Eventually.await("every replica is in sync", this::inSync);
              return null;
            });
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Void> lane : threads.invokeAll(lanes, limit.toSeconds(), TimeUnit.SECONDS)) {
        lane.get();
      }
    } catch (ExecutionException e) {
      throw new AssertionError("restarting: " + e.getCause(), e.getCause());
    }
  }

  private void ended(String name) throws Exception {
    LOG.info("ends {}", name);
    cluster.victim(name).stop();
    cluster.victim(name).start();
  }

  private void killed(String name) throws Exception {
    LOG.info("kills {}", name);
    cluster.victim(name).kill();
    cluster.victim(name).start();
  }

  /** Until the others have its work. */
  private void goneForLong(String name, String service) throws Exception {
    LOG.info("kills {}, which stays away", name);
    cluster.victim(name).kill();
    Eventually.await("the other has it all", () -> members(service).size() == 1);
    cluster.victim(name).start();
  }

  /** Returns when both processes of each service have work. */
  void awaitShared() {
    for (String service : List.of("watcher", "converter", "pinner")) {
      Eventually.await("both share the work of the " + service, () -> isShared(service));
    }
  }

  private boolean isShared(String service) {
    List<Integer> shares =
        members(service).stream()
            .map(member -> member.assignment().topicPartitions().size())
            .toList();
    return shares.equals(List.of(Topic.PARTITIONS, Topic.PARTITIONS));
  }

  private Collection<MemberDescription> members(String service) {
    String group = Cluster.PREFIX + service;
    return answer(admin.describeConsumerGroups(List.of(group)).all()).get(group).members();
  }

  private boolean inSync() {
    List<String> topics =
        List.of(Topic.values()).stream().map(topic -> topic.name(Cluster.PREFIX)).toList();
    return answer(admin.describeTopics(topics).allTopicNames()).values().stream()
        .flatMap(topic -> topic.partitions().stream())
        .allMatch(partition -> partition.isr().size() == partition.replicas().size());
  }

  private <T> T answer(KafkaFuture<T> asked) {
    try {
      return asked.get(limit.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError("asking Kafka", e);
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }
}
