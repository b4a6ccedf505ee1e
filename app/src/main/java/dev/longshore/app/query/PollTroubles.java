package dev.longshore.app.query;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.longshore.app.KafkaConnection;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.events.PollState;
import dev.longshore.events.Topic;
import dev.longshore.runtime.config.SharedSettings;
import dev.longshore.runtime.kafka.StateReader;
import dev.longshore.runtime.kafka.record.KeyPartitions;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Polls that a registry or a repository refuses, as topic {@code polls} tells of them. */
final class PollTroubles implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final FutureTask<List<PollState>> answer;
  private final Thread thread;

  private PollTroubles(SharedSettings shared, Set<String> keys) {
    this.answer = new FutureTask<>(() -> look(shared, keys));
    this.thread = Thread.ofVirtual().name("polls").start(answer);
  }

  /** Looks at these keys: registries, or registry/repository. */
  static PollTroubles begin(SharedSettings shared, Set<String> keys) {
    return new PollTroubles(shared, keys);
  }

  /** Of every registry that is polled, among the last states of all. */
  static List<PollState> ofRegistries(SharedSettings shared, List<PollState> states) {
    return refused(
        states.stream(),
        shared.registries().stream()
            .filter(registry -> registry.poll() != null)
            .map(registry -> registry.host())
            .collect(Collectors.toSet()));
  }

  List<PollState> found() throws QueryException, InterruptedException {
    try {
      return answer.get();
    } catch (ExecutionException e) {
      throw new QueryException("looking at the polls: " + e.getCause(), e);
    }
  }

  private static List<PollState> look(SharedSettings shared, Set<String> keys)
      throws IOException, InterruptedException {
    StateReader reader =
        new StateReader(KafkaConnection.of(shared.kafka()), shared.kafka().topicPrefix(), LIMIT);
    Set<Integer> partitions = keys.stream().map(KeyPartitions::of).collect(Collectors.toSet());
    return partitions.isEmpty()
        ? List.of()
        : refused(
            reader.read(Topic.POLLS, partitions).stream()
                .filter(PollState.class::isInstance)
                .map(PollState.class::cast),
            keys);
  }

  private static List<PollState> refused(Stream<PollState> states, Set<String> keys) {
    return states.filter(state -> state.error() != null && keys.contains(state.key())).toList();
  }

  static String line(PollState state) {
    return "%s: %s; next poll %s"
        .formatted(state.key(), state.error(), state.nextPollAt().truncatedTo(ChronoUnit.SECONDS));
  }

  static void put(List<PollState> states, ArrayNode list) {
    states.forEach(
        state ->
            list.addObject()
                .put("key", state.key())
                .put("error", state.error())
                .put("nextPollAt", state.nextPollAt().toString()));
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
