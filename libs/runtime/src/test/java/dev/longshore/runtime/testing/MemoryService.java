package dev.longshore.runtime.testing;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.Committed;
import dev.longshore.runtime.kafka.StepHost;
import dev.longshore.runtime.kafka.dispatch.Dispatcher;
import dev.longshore.runtime.kafka.dispatch.Handler;
import dev.longshore.runtime.kafka.dispatch.ProcessTelemetry;
import dev.longshore.runtime.kafka.record.Inbound;
import dev.longshore.runtime.kafka.record.ServiceId;
import dev.longshore.runtime.kafka.step.Step;
import dev.longshore.runtime.service.endpoint.Endpoints;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** One service on a {@link MemoryBus}. */
public final class MemoryService implements StepHost {
  private final MemoryBus bus;
  private final ServiceId id;
  private final Endpoints endpoints;
  private final Catalog catalog;
  private final Clock clock;
  private final Handler handler;
  private final Committed committed = new Committed("");
  private final Set<Topic> topics;
  private final Set<Place> finished = ConcurrentHashMap.newKeySet();
  private final Cursors followed;
  private final List<IntConsumer> held = new CopyOnWriteArrayList<>();
  private Cursors dispatched;
  private @Nullable LiveRun run;
  private volatile boolean openGap;

  MemoryService(
      MemoryBus bus,
      ServiceId id,
      Set<Topic> topics,
      Endpoints endpoints,
      Catalog catalog,
      Step step,
      Clock clock) {
    this.bus = bus;
    this.id = id;
    this.endpoints = endpoints;
    this.catalog = catalog;
    this.clock = clock;
    OpenTelemetry telemetry = GlobalOpenTelemetry.get();
    this.handler =
        new Handler(
            "",
            id,
            step,
            endpoints,
            new ProcessTelemetry(telemetry, "", id.service(), clock),
            clock);
    this.topics = EnumSet.copyOf(topics);
    this.topics.add(Topic.RETRY);
    this.followed = new Cursors(bus.log(), Catalog.TOPICS_AND_PULLS);
    this.dispatched = new Cursors(bus.log(), this.topics);
  }

  @Override
  public void start() {
    synchronized (this) {
      run = new LiveRun(bus, new Dispatcher(id.service(), handler, endpoints));
      dispatched = new Cursors(bus.log(), topics);
    }
    look();
    held.forEach(listener -> IntStream.range(0, Topic.PARTITIONS).forEach(listener));
  }

  @Override
  public synchronized boolean nudge(Topic topic, String key) {
    if (run == null) {
      return false;
    }
    run.dispatch(Inbound.nudge(topic, key, clock.instant()), () -> {});
    return true;
  }

  @Override
  public synchronized boolean holds(Topic topic, String key) {
    return run != null;
  }

  @Override
  public void onHeld(IntConsumer listener) {
    held.add(listener);
  }

  /**
   * Waits until the step has handled all that the service was given so far, and the catalog shows
   * it. What waits for an endpoint counts as not handled.
   */
  public void awaitIdle() {
    LiveRun now;
    synchronized (this) {
      now = run;
    }
    try {
      if (now != null && !now.awaitIdle(Eventually.LIMIT)) {
        throw new AssertionError(id.service() + " is still at work after " + Eventually.LIMIT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(id.service() + " was waited for until the test was interrupted", e);
    }
  }

  /** Whether events are still looked for that were missed. */
  public void setOpenGap(boolean open) {
    openGap = open;
  }

  @Override
  public boolean hasOpenGap() {
    return openGap;
  }

  @Override
  public Optional<String> trouble() {
    return Optional.empty();
  }

  @Override
  public void stop(Duration limit) {
    LiveRun ending;
    synchronized (this) {
      ending = run;
      run = null;
    }
    if (ending != null) {
      ending.stop(limit);
    }
  }

  /** Reads what is new, if the service was started. */
  synchronized void look() {
    LiveRun now = run;
    if (now == null) {
      return;
    }
    catchUp();
    dispatched.drain(
        record -> {
          Place place = Place.of(record);
          inbound(record).ifPresent(in -> now.dispatch(in, () -> finished.add(place)));
        });
  }

  /** Brings the catalog to the end of what it follows. */
  void catchUp() {
    followed.drain(this::follow);
  }

  /** Brings one record into the catalog. */
  public void follow(ConsumerRecord<String, byte[]> record) {
    ProducerRecord<String, byte[]> written =
        new ProducerRecord<>(
            record.topic(), null, null, record.key(), record.value(), record.headers());
    committed
        .read(written, record.partition(), record.offset(), record.timestamp())
        .ifPresent(state -> catalog.writer().apply(List.of(state)));
  }

  /** The record if it is this service's to handle and was not handled to its end. */
  Optional<Inbound> inbound(ConsumerRecord<String, byte[]> record) {
    Place place = Place.of(record);
    return finished.contains(place)
        ? Optional.empty()
        : Optional.of(Inbound.of(place.topic(), record)).filter(in -> in.isFor(id.service()));
  }

  ServiceId id() {
    return id;
  }

  Set<Topic> topics() {
    return topics;
  }

  Handler handler() {
    return handler;
  }

  Endpoints endpoints() {
    return endpoints;
  }

  Cursors followed() {
    return followed;
  }

  Set<Place> finished() {
    return finished;
  }
}
