package dev.longshore.runtime.kafka.topics;

import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.link.KafkaSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** The configured Kafka, asked with its configured user. */
public final class AdminKafkaLook implements KafkaLook {
  /** For each answer; the client must give up no later. */
  public static final Duration LIMIT = Duration.ofSeconds(8);

  /** Kafka's topic of group offsets. */
  private static final String OFFSETS = "__consumer_offsets";

  private final KafkaSettings kafka;
  private final Admin admin;

  /**
   * For one look.
   *
   * @param admin a client of this Kafka, closed with this
   */
  public AdminKafkaLook(KafkaSettings kafka, Admin admin) {
    this.kafka = kafka;
    this.admin = admin;
  }

  @Override
  public int brokers() throws InterruptedException {
    return get("ask for the brokers", admin.describeCluster().nodes()).size();
  }

  @Override
  public List<TopicProblem> topics() throws InterruptedException {
    return new TopicAdmin(admin, WantedTopics.of(kafka, admin, LIMIT), LIMIT).check();
  }

  @Override
  public List<String> missing(ServiceRights rights) throws InterruptedException {
    List<String> missing = new ArrayList<>();
    Map<String, KafkaFuture<TopicDescription>> asked =
        admin
            .describeTopics(names(), new DescribeTopicsOptions().includeAuthorizedOperations(true))
            .topicNameValues();
    for (Topic topic : Topic.values()) {
      String name = topic.name(kafka.topicPrefix());
      Set<AclOperation> allowed = allowed(asked, name);
      if (rights.reads().contains(topic) && !allowed.contains(AclOperation.READ)) {
        missing.add("Read on topic " + name);
      }
      if (rights.writes().contains(topic) && !allowed.contains(AclOperation.WRITE)) {
        missing.add("Write on topic " + name);
      }
    }
    if (rights.hasStep() && !mayRead(kafka.topicPrefix() + rights.service())) {
      missing.add("Read on group " + kafka.topicPrefix() + rights.service());
    }
    return missing;
  }

  /** All operations, where Kafka does not say. */
  private Set<AclOperation> allowed(Map<String, KafkaFuture<TopicDescription>> asked, String name)
      throws InterruptedException {
    try {
      return known(get("look at topic " + name, asked.get(name)).authorizedOperations());
    } catch (KafkaException e) {
      if (e.getCause() instanceof TopicAuthorizationException) {
        return Set.of();
      }
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return known(null);
      }
      throw e;
    }
  }

  private boolean mayRead(String group) throws InterruptedException {
    var options = new DescribeConsumerGroupsOptions().includeAuthorizedOperations(true);
    try {
      return known(
              get(
                      "look at group " + group,
                      admin
                          .describeConsumerGroups(List.of(group), options)
                          .describedGroups()
                          .get(group))
                  .authorizedOperations())
          .contains(AclOperation.READ);
    } catch (KafkaException e) {
      if (e.getCause() instanceof GroupAuthorizationException) {
        return false;
      }
      if (e.getCause() instanceof GroupIdNotFoundException) {
        return true;
      }
      throw e;
    }
  }

  private static Set<AclOperation> known(@Nullable Set<AclOperation> told) {
    return told == null ? Set.of(AclOperation.values()) : told;
  }

  @Override
  public long records(Topic topic) throws InterruptedException {
    List<TopicPartition> partitions = partitions(topic.name(kafka.topicPrefix()));
    return sum(partitions, OffsetSpec.latest()) - sum(partitions, OffsetSpec.earliest());
  }

  private long sum(List<TopicPartition> partitions, OffsetSpec which) throws InterruptedException {
    return offsets(partitions, which).stream().mapToLong(ListOffsetsResultInfo::offset).sum();
  }

  /** Skips topics that this user may not read: few may read the offsets of groups. */
  @Override
  public List<OpenTransaction> open() throws InterruptedException {
    List<OpenTransaction> open = new ArrayList<>();
    for (String topic : Stream.concat(names().stream(), Stream.of(OFFSETS)).toList()) {
      try {
        int number =
            get(
                    "look at topic " + topic,
                    admin.describeTopics(List.of(topic)).topicNameValues().get(topic))
                .partitions()
                .size();
        open.addAll(
            get(
                "ask for open transactions in " + topic,
                OpenTransaction.in(admin, partitions(topic, number))));
      } catch (KafkaException e) {
        if (!(e.getCause() instanceof TopicAuthorizationException)
            && !(e.getCause() instanceof UnknownTopicOrPartitionException)) {
          throw e;
        }
      }
    }
    return open;
  }

  @Override
  public Optional<Instant> newest() throws InterruptedException {
    List<TopicPartition> partitions =
        names().stream().flatMap(name -> partitions(name).stream()).toList();
    return offsets(partitions, OffsetSpec.maxTimestamp()).stream()
        .filter(each -> each.timestamp() > 0)
        .map(each -> Instant.ofEpochMilli(each.timestamp()))
        .max(Instant::compareTo);
  }

  private Collection<ListOffsetsResultInfo> offsets(
      List<TopicPartition> partitions, OffsetSpec which) throws InterruptedException {
    Map<TopicPartition, OffsetSpec> asked =
        partitions.stream().collect(Collectors.toMap(Function.identity(), _ -> which));
    return get("ask for offsets", admin.listOffsets(asked).all()).values();
  }

  private List<String> names() {
    return Arrays.stream(Topic.values()).map(topic -> topic.name(kafka.topicPrefix())).toList();
  }

  private static List<TopicPartition> partitions(String topic) {
    return partitions(topic, Topic.PARTITIONS);
  }

  private static List<TopicPartition> partitions(String topic, int number) {
    return IntStream.range(0, number).mapToObj(n -> new TopicPartition(topic, n)).toList();
  }

  private static <T> T get(String what, @Nullable Future<T> answer) throws InterruptedException {
    if (answer == null) {
      throw new KafkaException(what + ": Kafka's client did not ask");
    }
    try {
      return answer.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new KafkaException(what + ": Kafka refused", e.getCause());
    } catch (TimeoutException e) {
      throw new KafkaException(what + ": no answer within " + LIMIT.toSeconds() + " s", e);
    }
  }

  @Override
  public void close() {
    admin.close(Duration.ZERO);
  }
}
