package dev.longshore.runtime.kafka.topics;

import static java.util.Objects.requireNonNull;

import dev.longshore.runtime.kafka.link.KafkaFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Creates Longshore's topics and checks those that others created. Every method throws {@link
 * KafkaException} when Kafka refuses or does not answer within the timeout.
 */
public final class TopicAdmin {
  /** Pause between two looks at brokers that need a moment. */
  private static final Duration PAUSE = Duration.ofMillis(50);

  private final Admin admin;
  private final List<TopicSpec> specs;
  private final Duration timeout;

  /**
   * @param admin a client of the user's Kafka, owned by the caller
   * @param specs from {@link Topics#specs}
   * @param timeout longest wait for each answer
   */
  public TopicAdmin(Admin admin, List<TopicSpec> specs, Duration timeout) {
    this.admin = admin;
    this.specs = List.copyOf(specs);
    this.timeout = timeout;
  }

  /** Creates missing topics and returns their names. Existing ones stay unchanged. */
  public List<String> createMissing() throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    List<NewTopic> missing = missing(describe()).stream().map(TopicAdmin::newTopic).toList();
    // All in one request: ten in sequence take a broker ten times as long.
    Map<String, KafkaFuture<Void>> asked = admin.createTopics(missing).values();
    List<String> created = new ArrayList<>();
    for (NewTopic topic : missing) {
      if (create(topic, requireNonNull(asked.get(topic.name())), deadline)) {
        created.add(topic.name());
      }
    }
    awaitKnown(deadline);
    return created;
  }

  private void awaitKnown(long deadline) throws InterruptedException {
    List<TopicSpec> unknown = missing(describe());
    while (!unknown.isEmpty()) {
      if (System.nanoTime() > deadline) {
        throw new KafkaException(
            "creating topics: the brokers do not know "
                + unknown.stream().map(TopicSpec::name).toList()
                + " after "
                + timeout);
      }
      LockSupport.parkNanos(PAUSE.toNanos());
      unknown = missing(describe());
    }
  }

  /** Everything that keeps Longshore from working correctly on these topics; empty if nothing. */
  public List<TopicProblem> check() throws InterruptedException {
    Map<String, TopicDescription> found = describe();
    Map<String, Config> configs = configs(found.keySet());
    List<TopicProblem> problems = new ArrayList<>();
    for (TopicSpec spec : specs) {
      TopicDescription description = found.get(spec.name());
      Config config = configs.get(spec.name());
      if (description == null || config == null) {
        problems.add(
            new TopicProblem(
                spec.name(), "does not exist", "create it: longshore topics --create"));
      } else {
        problems.addAll(new TopicCheck(spec, description, config).problems());
      }
    }
    return problems;
  }

  private List<TopicSpec> missing(Map<String, TopicDescription> found) {
    return specs.stream().filter(s -> !found.containsKey(s.name())).toList();
  }

  private static NewTopic newTopic(TopicSpec spec) {
    return new NewTopic(spec.name(), spec.partitions(), spec.replicas()).configs(spec.config());
  }

  /** Whether it was created; false if another client was faster. */
  private boolean create(NewTopic topic, KafkaFuture<Void> asked, long deadline)
      throws InterruptedException {
    KafkaFuture<Void> answer = asked;
    while (true) {
      try {
        return get(
                "creating topic " + topic.name(),
                answer.thenApply(_ -> true),
                TopicExistsException.class)
            .isPresent();
      } catch (KafkaException e) {
        if (System.nanoTime() > deadline || !isForAMoment(e, topic.replicationFactor())) {
          throw e;
        }
        LockSupport.parkNanos(PAUSE.toNanos());
        answer = admin.createTopics(List.of(topic)).all();
      }
    }
  }

  /** Whether enough brokers are there but not yet registered as live. */
  private boolean isForAMoment(KafkaException e, short replicas) throws InterruptedException {
    if (!(e.getCause() instanceof InvalidReplicationFactorException)) {
      return false;
    }
    DescribeClusterOptions all = new DescribeClusterOptions().includeFencedBrokers(true);
    return get("counting brokers", admin.describeCluster(all).nodes(), KafkaException.class)
        .map(nodes -> nodes.size() >= replicas)
        .orElse(false);
  }

  private Map<String, TopicDescription> describe() throws InterruptedException {
    Map<String, KafkaFuture<TopicDescription>> asked =
        admin.describeTopics(specs.stream().map(TopicSpec::name).toList()).topicNameValues();
    Map<String, TopicDescription> found = new HashMap<>();
    for (Map.Entry<String, KafkaFuture<TopicDescription>> e : asked.entrySet()) {
      get("looking at topic " + e.getKey(), e.getValue(), UnknownTopicOrPartitionException.class)
          .ifPresent(d -> found.put(e.getKey(), d));
    }
    return found;
  }

  private Map<String, Config> configs(Collection<String> names) throws InterruptedException {
    List<ConfigResource> resources =
        names.stream().map(n -> new ConfigResource(ConfigResource.Type.TOPIC, n)).toList();
    Map<String, Config> configs = new HashMap<>();
    get(
            "reading the topics' settings",
            admin.describeConfigs(resources).all(),
            UnknownTopicOrPartitionException.class)
        .ifPresent(all -> all.forEach((resource, c) -> configs.put(resource.name(), c)));
    return configs;
  }

  /** The answer; empty if it is the expected refusal. */
  private <T> Optional<T> get(
      String what, KafkaFuture<T> answer, Class<? extends KafkaException> expected)
      throws InterruptedException {
    try {
      return Optional.of(answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS));
    } catch (ExecutionException e) {
      if (expected.isInstance(e.getCause())) {
        return Optional.empty();
      }
      throw new KafkaException(what + ": Kafka refused: " + KafkaFailure.words(e), e.getCause());
    } catch (TimeoutException e) {
      throw new KafkaException(
          what + ": Kafka did not answer within " + timeout + "; " + KafkaFailure.NO_ANSWER, e);
    }
  }
}
