package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.config.SharedSettings;
import dev.longshore.runtime.edge.audit.AuditSink;
import dev.longshore.runtime.kafka.StepHost;
import dev.longshore.runtime.service.endpoint.Endpoints;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a pinner does by itself from its start on. */
@Timeout(60)
class StartedPinnerTest {
  private static final Duration OFTEN = Duration.ofMillis(10);

  @Test
  void looksForNothingBeforeKafkaWasReadOnce() throws Exception {
    Clock clock = Clock.systemUTC();
    CountDownLatch asked = new CountDownLatch(1);
    IpfsNode node = new InMemorySwarm().node("a");
    IpfsNode told =
        KeptBed.behind(
            (_, method, arguments) -> {
              asked.countDown();
              return method.invoke(node, arguments);
            });
    SharedSettings shared = SamplePinner.shared(List.of(SamplePinner.settings("a", true)));
    try (Catalog catalog = Catalog.inMemory(clock)) {
      PinnerService pinner =
          new PinnerService(
              new ServiceContext(
                  shared,
                  catalog,
                  new Endpoints(clock, (_, _) -> {}, new Random(1)),
                  OpenTelemetry.noop(),
                  AuditSink.NONE,
                  clock),
              SamplePinner.pinner(Duration.ofSeconds(2), OFTEN, Duration.ofMinutes(30)),
              _ -> told,
              Executors::newVirtualThreadPerTaskExecutor,
              new Random(1));
      pinner.startRepair(new NothingToDo());
      try {
        assertThat(asked.await(OFTEN.multipliedBy(30).toMillis(), TimeUnit.MILLISECONDS)).isFalse();

        catalog.writer().complete(clock.instant());

        assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
      } finally {
        pinner.stopRepair();
      }
    }
  }

  private static final class NothingToDo implements StepHost {
    @Override
    public void start() {}

    @Override
    public boolean nudge(Topic topic, String key) {
      return false;
    }

    @Override
    public boolean holds(Topic topic, String key) {
      return false;
    }

    @Override
    public void onHeld(IntConsumer listener) {}

    @Override
    public boolean hasOpenGap() {
      return false;
    }

    @Override
    public Optional<String> trouble() {
      return Optional.empty();
    }

    @Override
    public void stop(Duration limit) {}
  }
}
