package dev.longshore.runtime.testing;

import static dev.longshore.runtime.testing.Samples.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.EventJson;
import dev.longshore.events.Failed;
import dev.longshore.events.Observed;
import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Message;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Surroundings of one host for each test, and what its steps handled. */
abstract class StepHostScenarios {
  final List<Message> handled = new CopyOnWriteArrayList<>();
  StepHostBed bed;

  /** Surroundings with empty topics. */
  protected abstract StepHostBed bed() throws Exception;

  @BeforeEach
  void open() throws Exception {
    bed = bed();
  }

  @AfterEach
  void close() {
    bed.close();
  }

  static int number(Message message) {
    return (int) ((Observed) message.body()).size();
  }

  List<Integer> numbers(String name) {
    return handled.stream()
        .filter(m -> m.key().equals(key(name)))
        .map(StepHostScenarios::number)
        .toList();
  }

  Effects note(Message message) {
    handled.add(message);
    return Effects.NONE;
  }

  ConsumerRecord<String, byte[]> original(String name) {
    return bed.records(Topic.OBSERVED).stream()
        .filter(record -> record.key().equals(key(name)))
        .findFirst()
        .orElseThrow();
  }

  Failed onlyFailed() throws Exception {
    assertThat(bed.records(Topic.FAILED)).hasSize(1);
    return EventJson.read(bed.records(Topic.FAILED).getFirst().value(), Failed.class);
  }
}
