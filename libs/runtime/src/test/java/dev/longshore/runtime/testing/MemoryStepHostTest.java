package dev.longshore.runtime.testing;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.Event;
import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.StepHost;
import dev.longshore.runtime.kafka.record.ServiceId;
import dev.longshore.runtime.kafka.step.Step;
import dev.longshore.runtime.service.endpoint.Endpoints;
import java.time.Clock;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** The bus in memory hosts steps as it must. */
final class MemoryStepHostTest extends StepHostConformance {
  @Override
  protected StepHostBed bed() {
    return new MemoryBed();
  }

  private static final class MemoryBed implements StepHostBed {
    private final Clock clock = Clock.systemUTC();
    private final MemoryBus bus = new MemoryBus(clock);
    private final Catalog catalog = Catalog.inMemory(clock);
    // Nothing is tried again by itself: the tests say when an endpoint is back.
    private final Endpoints endpoints = new Endpoints(clock, (_, _) -> {}, new Random(1));
    private @Nullable SwitchableStep step;
    private @Nullable MemoryService service;

    @Override
    public StepHost host(Step next) {
      if (service == null) {
        step = new SwitchableStep(next);
        service =
            bus.service(
                new ServiceId("tester", "test", "1"),
                EnumSet.of(Topic.OBSERVED),
                endpoints,
                catalog,
                step);
      }
      step.set(next);
      return service;
    }

    @Override
    public Endpoints endpoints() {
      return endpoints;
    }

    @Override
    public Catalog catalog() {
      return catalog;
    }

    @Override
    public void send(Event event) {
      bus.send(event);
    }

    @Override
    public void append(ProducerRecord<String, byte[]> record) {
      bus.append(record);
    }

    @Override
    public List<ConsumerRecord<String, byte[]>> records(Topic topic) {
      return bus.records(topic);
    }

    @Override
    public void close() {
      Optional.ofNullable(service).ifPresent(StepHost::close);
      catalog.close();
    }
  }
}
