package dev.longshore.runtime.kafka.follow;

import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/** What a Kafka in memory tells of its topics. */
final class TopicsInMemory {
  private TopicsInMemory() {}

  /**
   * A client that answers at once.
   *
   * @param ends the end of each partition; all begin at 0
   */
  static Admin admin(ToLongFunction<TopicPartition> ends) {
    return (Admin)
        Proxy.newProxyInstance(
            Admin.class.getClassLoader(),
            new Class<?>[] {Admin.class},
            (_, method, arguments) ->
                switch (method.getName()) {
                  case "describeTopics" -> new Described((Collection<?>) arguments[0]);
                  case "listOffsets" -> listed((Map<?, ?>) arguments[0], ends);
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private static ListOffsetsResult listed(Map<?, ?> asked, ToLongFunction<TopicPartition> ends) {
    Map<TopicPartition, KafkaFuture<ListOffsetsResultInfo>> found = new HashMap<>();
    asked.forEach(
        (p, spec) -> {
          TopicPartition partition = (TopicPartition) p;
          long offset = spec instanceof OffsetSpec.LatestSpec ? ends.applyAsLong(partition) : 0;
          found.put(
              partition,
              KafkaFuture.completedFuture(new ListOffsetsResultInfo(offset, 0, Optional.empty())));
        });
    return new ListOffsetsResult(found);
  }

  private static final class Described extends DescribeTopicsResult {
    Described(Collection<?> names) {
      super(
          null,
          names.stream()
              .map(String.class::cast)
              .collect(
                  Collectors.toMap(
                      name -> name,
                      name ->
                          KafkaFuture.completedFuture(
                              new TopicDescription(
                                  name, false, List.of(), Set.of(), Uuid.ONE_UUID)))));
    }
  }
}
