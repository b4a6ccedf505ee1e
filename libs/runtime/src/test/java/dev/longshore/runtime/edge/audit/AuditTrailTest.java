package dev.longshore.runtime.edge.audit;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.longshore.events.Audited;
import dev.longshore.events.EventJson;
import dev.longshore.events.Proof;
import dev.longshore.runtime.service.logging.Logging;
import dev.longshore.runtime.service.metrics.MetricsPage;
import dev.longshore.runtime.testing.Eventually;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** The audit log while its ways out are open, slow and closed. */
@Timeout(60)
class AuditTrailTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private final MetricsPage metrics = new MetricsPage();
  private final Meter meter =
      SdkMeterProvider.builder().registerMetricReader(metrics).build().get("test");
  private final Logger logger = (Logger) LoggerFactory.getLogger(Logging.AUDIT_LOGGER);
  private final Lines lines = new Lines();

  /** Takes the lines, from another thread. */
  private static final class Lines extends ListAppender<ILoggingEvent> {
    private final List<String> written = new CopyOnWriteArrayList<>();

    @Override
    protected void append(ILoggingEvent event) {
      written.add(event.getFormattedMessage());
    }
  }

  @BeforeEach
  void listen() {
    lines.start();
    logger.addAppender(lines);
    logger.setLevel(Level.INFO);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(lines);
    logger.setLevel(null);
  }

  private static Audited entry(String caller, Proof proof) {
    return new Audited(
        caller,
        proof,
        null,
        null,
        "10.0.0.7",
        "test",
        "pull",
        "/v2/a/manifests/b",
        "a",
        "b",
        "200",
        null,
        NOW);
  }

  @Test
  void eachEntryIsOneLineOfJson() throws Exception {
    AuditTrail trail = new AuditTrail(meter, List.of());
    trail.start();
    Audited entry = entry("edge", Proof.TOKEN);

    trail.add(entry, Context.root());
    trail.stop(Duration.ofSeconds(10));

    assertThat(lines.written).hasSize(1);
    byte[] json = lines.written.getFirst().getBytes(StandardCharsets.UTF_8);
    assertThat(EventJson.read(json, Audited.class)).isEqualTo(entry);
  }

  /** In every process, for as long as it runs. */
  @Test
  void nobodyWakesWhileThereIsNothingToWrite() throws Exception {
    AtomicReference<Thread> worker = new AtomicReference<>();
    AuditTrail trail = new AuditTrail(meter, List.of(noting(worker)));
    trail.start();

    trail.add(entry("edge", Proof.TOKEN), Context.root());

    Eventually.await(
        "it waits, and for no time",
        () -> worker.get() != null && worker.get().getState() == Thread.State.WAITING);
    trail.stop(Duration.ofSeconds(10));
    assertThat(worker.get().isAlive()).isFalse();
  }

  private static AuditWay noting(AtomicReference<Thread> worker) {
    return new AuditWay() {
      @Override
      public void take(Entry entry, Consumer<String> failed) {
        worker.set(Thread.currentThread());
      }

      @Override
      public void close() {}
    };
  }

  @Test
  void aWayThatHangsHoldsUpNeitherCallersNorTheOtherWay() throws Exception {
    CountDownLatch kafkaIsBack = new CountDownLatch(1);
    AuditTrail trail = new AuditTrail(meter, List.of(waiting(kafkaIsBack)));
    trail.start();
    int more = Outlet.WAITING + 500;

    for (int i = 1; i <= more; i++) {
      trail.add(entry("caller-" + i, Proof.TOKEN), Context.root());
      int written = i;
      if (i % (Outlet.WAITING / 2) == 0 || i == more) {
        Eventually.await("the lines", () -> lines.written.size() == written);
      }
    }

    assertThat(metrics.render())
        .containsPattern("longshore_audit_left_out_total\\{[^}]*to=\"topic\"[^}]*} (499|500)")
        .doesNotContain("to=\"log\"");
    kafkaIsBack.countDown();
    trail.stop(Duration.ofSeconds(20));
  }

  private static AuditWay waiting(CountDownLatch until) {
    return new AuditWay() {
      @Override
      public void take(Entry entry, Consumer<String> failed) {
        try {
          until.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }

      @Override
      public void close() {}
    };
  }

  @Test
  void whatKafkaDoesNotTakeIsCounted() throws Exception {
    List<String> callers = new ArrayList<>();
    AuditWay refusing =
        new AuditWay() {
          @Override
          public void take(Entry entry, Consumer<String> failed) {
            callers.add(entry.audited().caller());
            if (callers.size() == 1) {
              failed.accept("no such topic");
            } else {
              throw new IllegalStateException("a defect");
            }
          }

          @Override
          public void close() {}
        };
    AuditTrail trail = new AuditTrail(meter, List.of(refusing));
    trail.start();

    trail.add(entry("a", Proof.TOKEN), Context.root());
    trail.add(entry("b", Proof.TOKEN), Context.root());
    trail.stop(Duration.ofSeconds(10));

    assertThat(callers).containsExactly("a", "b");
    assertThat(metrics.render()).containsPattern("longshore_audit_left_out_total\\{[^}]*} 2");
    assertThat(lines.written).hasSize(2);
  }

  /** Otherwise nothing would be written until a restart, and nobody would know. */
  @Test
  void anErrorAtOneEntryEndsNoWay() throws Exception {
    List<String> written = new ArrayList<>();
    AuditTrail trail =
        new AuditTrail(
            meter,
            List.of(
                way(
                    entry -> {
                      if (entry.audited().caller().equals("a")) {
                        throw new NoSuchMethodError("of a jar that was exchanged");
                      }
                      written.add(entry.audited().caller());
                    })));
    trail.start();

    trail.add(entry("a", Proof.TOKEN), Context.root());
    trail.add(entry("b", Proof.TOKEN), Context.root());
    trail.stop(Duration.ofSeconds(10));

    assertThat(written).containsExactly("b");
    assertThat(metrics.render()).containsPattern("longshore_audit_left_out_total\\{[^}]*} 1");
    assertThat(trail.trouble()).as("a stop is none").isEmpty();
  }

  @Test
  void aWayThatEndedIsTold() {
    AuditTrail trail = new AuditTrail(meter, List.of(way(_ -> Thread.currentThread().interrupt())));
    trail.start();

    trail.add(entry("a", Proof.TOKEN), Context.root());

    Eventually.await("it is told", () -> trail.trouble().isPresent());
    assertThat(trail.trouble().orElseThrow()).startsWith("audit topic has ended");
  }

  private static AuditWay way(Consumer<Entry> taking) {
    return new AuditWay() {
      @Override
      public void take(Entry entry, Consumer<String> failed) {
        taking.accept(entry);
      }

      @Override
      public void close() {}
    };
  }

  @Test
  void strangersDoNotFillTheLogHoweverOftenTheyAreRefused() throws Exception {
    AuditTrail trail = new AuditTrail(meter, List.of());
    trail.start();

    for (int i = 0; i < 10_000; i++) {
      trail.add(entry("anonymous", Proof.NONE), Context.root());
    }
    trail.add(entry("edge", Proof.TOKEN), Context.root());
    trail.stop(Duration.ofSeconds(10));

    assertThat(lines.written).hasSizeBetween(Refusals.A_SECOND + 1, 3_000);
    assertThat(lines.written.getLast()).contains("\"edge\"");
    assertThat(metrics.render()).contains("longshore_audit_left_out_total");
  }

  @Test
  void refusalsHaveRoomAgainInTheNextSecond() {
    AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1);
    Refusals refusals = new Refusals(nanos::get);
    for (int i = 0; i < Refusals.A_SECOND; i++) {
      assertThat(refusals.hasRoom()).isTrue();
    }
    assertThat(refusals.hasRoom()).isFalse();

    nanos.addAndGet(Duration.ofSeconds(1).toNanos());

    assertThat(refusals.hasRoom()).isTrue();
  }
}
