package dev.longshore.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Failed;
import dev.longshore.events.Hint;
import dev.longshore.events.Origin;
import dev.longshore.events.Topic;
import dev.longshore.oci.testing.Fault;
import dev.longshore.oci.testing.Faults;
import dev.longshore.runtime.config.PollSettings;
import dev.longshore.runtime.config.RegistrySettings;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.config.SharedSettings;
import dev.longshore.runtime.edge.audit.AuditSink;
import dev.longshore.runtime.kafka.StepHost;
import dev.longshore.runtime.kafka.record.ServiceId;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Message;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.Progress;
import dev.longshore.runtime.kafka.step.TransientFailure;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.runtime.testing.MemoryBus;
import dev.longshore.testing.RandomImage;
import dev.longshore.watcher.sender.DistributionEvents;
import io.opentelemetry.api.OpenTelemetry;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What follows a notification that was too long to keep, by processes whose own polls are not due:
 * each is gone before they are, or polled a moment ago.
 */
@Timeout(120)
class TooLongNotificationTest {
  private static final PollSettings DAILY = new PollSettings(Duration.ofDays(1), List.of("**"));

  private final WatchedHub hub = new WatchedHub();
  private final MemoryBus kafka = new MemoryBus(hub.clock);
  private final Vertx vertx = Vertx.vertx();
  private final Endpoints endpoints = new Endpoints(hub.clock, (_, _) -> {}, new Random(1));
  private final AtomicReference<WatcherService> watcher = new AtomicReference<>();

  /** Keeps, as Kafka does, what is done with. */
  private final StepHost host =
      kafka.service(
          new ServiceId("watcher", "observe", "1"),
          Set.of(Topic.HINTS),
          endpoints,
          hub.catalog,
          this::handle);

  @AfterEach
  void close() {
    host.close();
    vertx.close().await();
    hub.catalog.close();
  }

  @Test
  void theNotificationIsDoneWithWhenTheRegistryWasLookedAt() throws Exception {
    hub.images.push(WatchedHub.name("team/app"), "v1", RandomImage.of(1));
    process(DAILY);

    kafka.send(tooLong());

    Eventually.await("a hint of the look", () -> looked() == 1);
  }

  @Test
  void aProcessThatTakesOverWhileTheRegistryIsAwayLooksWhenItIsBack() throws Exception {
    hub.images.push(WatchedHub.name("team/app"), "v1", RandomImage.of(1));
    hub.images.faults().always(Faults.ANY, new Fault.Status(503));
    process(DAILY);
    kafka.send(tooLong());
    Eventually.await("it waits", () -> kafka.records(Topic.RETRY).size() == 1);
    host.stop(Duration.ZERO);

    process(DAILY);
    hub.images.faults().clear();
    endpoints.succeeded(hub.registry.endpoint());

    Eventually.await("a hint of the look", () -> looked() == 1);
  }

  @Test
  void oneLookIsEnoughForManyThatCameBeforeIt() throws Exception {
    hub.images.push(WatchedHub.name("team/app"), "v1", RandomImage.of(1));
    for (int i = 0; i < 50; i++) {
      kafka.send(tooLong());
    }
    hub.clock.advance(Duration.ofMinutes(2));
    Hint last = tooLong();
    process(DAILY);
    Eventually.await("a hint of the look", () -> looked() == 1);

    hub.images.push(WatchedHub.name("team/app"), "v2", RandomImage.of(2));
    kafka.send(last);

    // v1 is found once more, as nobody handles its hint here.
    Eventually.await("a look for the last", () -> looked() == 3);
    assertThat(hub.images.requests()).filteredOn(r -> r.startsWith("catalog")).hasSize(2);
  }

  @Test
  void oneOfARegistryThatIsNotPolledIsKeptForAReplay() throws Exception {
    process(null);

    kafka.send(tooLong());

    Eventually.await("the dead letter", () -> kafka.records(Topic.DEAD).size() == 1);
    assertThat(kafka.read(Topic.FAILED, Failed.class))
        .singleElement()
        .satisfies(failed -> assertThat(failed.message()).contains("'dev'", "set poll", "replay"));
  }

  private long looked() {
    return kafka.read(Topic.HINTS, Hint.class).stream()
        .filter(hint -> hint.origin() != Origin.WEBHOOK)
        .count();
  }

  private Hint tooLong() {
    return hub.hint("dev", DistributionEvents.V2, "{\"events\": [", true);
  }

  /** Hints of looks are left alone: they only would be looked at. */
  private Effects handle(Message message, Progress progress)
      throws TransientFailure, PermanentFailure, InterruptedException {
    return message.body() instanceof Hint hint && hint.origin() != Origin.WEBHOOK
        ? Effects.NONE
        : watcher.get().step().handle(message, progress);
  }

  private void process(@Nullable PollSettings poll) {
    watcher.set(
        new WatcherService(
            new ServiceContext(
                settings(poll),
                hub.catalog,
                endpoints,
                OpenTelemetry.noop(),
                AuditSink.NONE,
                hub.clock),
            InProcess.watcher(),
            List.of(),
            CatalogBarrier.AT_HAND,
            hub.images,
            kafka::send,
            _ -> {},
            vertx));
    host.start();
  }

  private static SharedSettings settings(@Nullable PollSettings poll) {
    return InProcess.shared(
        new RegistrySettings("dev", WatchedHub.HOST, null, true, List.of(), null, poll));
  }
}
