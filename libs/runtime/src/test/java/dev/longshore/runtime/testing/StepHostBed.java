package dev.longshore.runtime.testing;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.Event;
import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.StepHost;
import dev.longshore.runtime.kafka.step.Step;
import dev.longshore.runtime.service.endpoint.Endpoints;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/** What {@link StepHostConformance} needs of a host's surroundings: empty topics for each test. */
public interface StepHostBed extends AutoCloseable {
  /**
   * A host that is not started: service {@code tester}, stage {@code test}, on topic {@code
   * observed}. A second one is the same instance after a restart.
   */
  StepHost host(Step step);

  /** The endpoints of all hosts. */
  Endpoints endpoints();

  /** The catalog of all hosts. */
  Catalog catalog();

  /** Sends an event from outside. */
  void send(Event event);

  /** Appends a record as it is; its topic is unprefixed. */
  void append(ProducerRecord<String, byte[]> record);

  /** What readers of committed records see, in the order of arrival within a partition. */
  List<ConsumerRecord<String, byte[]>> records(Topic topic);

  @Override
  void close();
}
