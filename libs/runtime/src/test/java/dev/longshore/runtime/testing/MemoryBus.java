package dev.longshore.runtime.testing;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.Event;
import dev.longshore.events.EventJson;
import dev.longshore.events.LongshoreRecord;
import dev.longshore.events.MalformedEventException;
import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.record.EventRecords;
import dev.longshore.runtime.kafka.record.HeaderNames;
import dev.longshore.runtime.kafka.record.ServiceId;
import dev.longshore.runtime.kafka.step.Step;
import dev.longshore.runtime.service.endpoint.Endpoints;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;

/**
 * Longshore's topics in memory, and services whose steps they drive, under the contract of Kafka's
 * host: order per key, a message's effects and its end together or not at all, records as bytes.
 *
 * <p>Either each service is started and works on threads of its own ({@link MemoryService#start}),
 * or a {@link Simulation} moves all of them, one at a time, in an order that a seed gives.
 */
public final class MemoryBus {
  private final MemoryLog log = new MemoryLog();
  private final List<MemoryService> services = new CopyOnWriteArrayList<>();
  private final Clock clock;

  public MemoryBus(Clock clock) {
    this.clock = clock;
  }

  /** Adds a service; its catalog may be shared with others of the bus, or not. */
  public MemoryService service(
      ServiceId id, Set<Topic> topics, Endpoints endpoints, Catalog catalog, Step step) {
    MemoryService service = new MemoryService(this, id, topics, endpoints, catalog, step, clock);
    services.add(service);
    return service;
  }

  /** Sends an event as somebody who is no step, with a new id. */
  public ConsumerRecord<String, byte[]> send(Event event) {
    EventRecords records = new EventRecords("", "test", clock);
    return append(records.of(event, UUID.randomUUID().toString()));
  }

  /** Appends a record as it is. */
  public ConsumerRecord<String, byte[]> append(ProducerRecord<String, byte[]> record) {
    ConsumerRecord<String, byte[]> appended = appendAll(List.of(record)).getFirst();
    tell();
    return appended;
  }

  /** All records of a topic, in the order of their arrival. */
  public List<ConsumerRecord<String, byte[]>> records(Topic topic) {
    return log.inOrder(topic);
  }

  /** All values of a type, in the order of their arrival. */
  public <T extends LongshoreRecord> List<T> read(Topic topic, Class<T> type) {
    List<T> found = new ArrayList<>();
    for (ConsumerRecord<String, byte[]> record : log.inOrder(topic)) {
      if (record.value() == null) {
        continue;
      }
      try {
        found.add(EventJson.read(record.value(), type));
      } catch (MalformedEventException e) {
        throw new IllegalStateException(record + " is no " + type.getSimpleName(), e);
      }
    }
    return found;
  }

  /** A header of a record as text; empty when it has none of this name. */
  public static String header(ConsumerRecord<?, ?> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
  }

  /** CloudEvents id of a record. */
  public static String id(ConsumerRecord<?, ?> record) {
    return header(record, HeaderNames.CE_ID);
  }

  MemoryLog log() {
    return log;
  }

  List<MemoryService> services() {
    return services;
  }

  /** Appends all records without waking anyone. */
  List<ConsumerRecord<String, byte[]>> appendAll(List<ProducerRecord<String, byte[]>> records) {
    List<ConsumerRecord<String, byte[]>> appended = new ArrayList<>();
    synchronized (log) {
      for (ProducerRecord<String, byte[]> record : records) {
        appended.add(log.append(topic(record.topic()), record, clock.instant()));
      }
    }
    return appended;
  }

  /** Has the started services read what is new. */
  void tell() {
    services.forEach(MemoryService::look);
  }

  static Topic topic(String name) {
    for (Topic topic : Topic.values()) {
      if (topic.name("").equals(name)) {
        return topic;
      }
    }
    throw new IllegalArgumentException("topic: " + name + " (expected: one of Longshore's)");
  }
}
