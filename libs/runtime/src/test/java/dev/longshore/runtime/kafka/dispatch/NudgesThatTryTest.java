package dev.longshore.runtime.kafka.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.record.Inbound;
import dev.longshore.runtime.kafka.record.ServiceId;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.Progress;
import dev.longshore.runtime.kafka.step.TransientFailure;
import dev.longshore.runtime.service.endpoint.EndpointState;
import dev.longshore.runtime.service.endpoint.EndpointStatus;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.testing.ManualClock;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Nudges are never parked, so nothing else may be left that tries what one of them found away. */
final class NudgesThatTryTest {
  private static final String REGISTRY = "registry localhost:5055";
  private static final String KUBO = "kubo ingest";

  private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final Endpoints endpoints = new Endpoints(clock, (_, _) -> {}, new Random(1));
  private Work step = _ -> {};

  @FunctionalInterface
  private interface Work {
    void with(Progress progress) throws TransientFailure, PermanentFailure, InterruptedException;
  }

  private final Handler handler =
      new Handler(
          "",
          new ServiceId("tester", "test", "1"),
          (_, progress) -> {
            step.with(progress);
            return Effects.NONE;
          },
          endpoints,
          new ProcessTelemetry(OpenTelemetry.noop(), "", "tester", clock),
          clock);

  private Result nudge(Work work) throws InterruptedException {
    step = work;
    return handler.handle(
        Inbound.nudge(Topic.OBSERVED, "localhost:5055/team/app:v1", clock.instant()), _ -> {});
  }

  private static void callRegistry(Progress progress) throws TransientFailure {
    progress.require(REGISTRY);
  }

  private static TransientFailure refused(String endpoint) {
    return new TransientFailure(endpoint, "refused", null, null);
  }

  private void isAway(String endpoint) {
    endpoints.failed(endpoint, "refused", null);
  }

  private void pauseEnds() {
    clock.advance(Duration.ofSeconds(2));
  }

  private EndpointState state(String endpoint) {
    return endpoints.snapshot().stream()
        .filter(status -> status.name().equals(endpoint))
        .map(EndpointStatus::state)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theNextNudgeTriesWhatAnEarlierOneFoundAway() throws Exception {
    nudge(
        _ -> {
          throw refused(REGISTRY);
        });
    assertThat(nudge(NudgesThatTryTest::callRegistry)).isInstanceOf(Result.Away.class);
    pauseEnds();

    assertThat(nudge(NudgesThatTryTest::callRegistry)).isInstanceOf(Result.Settled.class);
    assertThat(endpoints.isOpen(REGISTRY)).isTrue();
  }

  @Test
  void aStepThatTriesMayAskAgain() throws Exception {
    isAway(REGISTRY);
    pauseEnds();
    nudge(
        progress -> {
          progress.require(REGISTRY);
          assertThat(progress.tries(REGISTRY)).isTrue();
          assertThat(progress.tries(KUBO)).isFalse();
          progress.require(REGISTRY);
        });
    assertThat(endpoints.isOpen(REGISTRY)).isTrue();
  }

  @Test
  void onlyOneNudgeTriesAtATime() throws Exception {
    isAway(REGISTRY);
    pauseEnds();
    assertThat(endpoints.mayPass(REGISTRY)).isTrue();
    assertThat(nudge(NudgesThatTryTest::callRegistry)).isInstanceOf(Result.Away.class);
  }

  @Test
  void oneThatIsStillAwayIsPausedForLonger() throws Exception {
    isAway(REGISTRY);
    pauseEnds();
    nudge(
        progress -> {
          progress.require(REGISTRY);
          throw refused(REGISTRY);
        });
    assertThat(state(REGISTRY))
        .isInstanceOfSatisfying(
            EndpointState.Paused.class, paused -> assertThat(paused.failures()).isEqualTo(2));
  }

  @Test
  void aFailureOfTheWorkItselfOpensWhatAnswered() throws Exception {
    isAway(REGISTRY);
    pauseEnds();
    nudge(
        progress -> {
          progress.require(REGISTRY);
          throw new PermanentFailure("MANIFEST_UNKNOWN", "404", null);
        });
    assertThat(endpoints.isOpen(REGISTRY)).isTrue();
  }

  @Test
  void aPartThatIsAwayOpensTheRestThatAnswered() throws Exception {
    isAway(REGISTRY);
    pauseEnds();
    nudge(
        progress -> {
          progress.require(REGISTRY);
          throw TransientFailure.within(
              "repository localhost:5055/team/app", REGISTRY, "403", null, null);
        });
    assertThat(endpoints.isOpen(REGISTRY)).isTrue();
    assertThat(endpoints.isOpen("repository localhost:5055/team/app")).isFalse();
  }

  private void theNextMayTryAtOnce() {
    assertThat(state(REGISTRY))
        .isInstanceOfSatisfying(
            EndpointState.Paused.class,
            paused -> {
              assertThat(paused.failures()).isEqualTo(1);
              assertThat(paused.cause()).isEqualTo("refused");
            });
    assertThat(endpoints.mayPass(REGISTRY)).isTrue();
  }

  @Test
  void oneThatFailsElsewhereLeavesTheTryToTheNext() throws Exception {
    isAway(REGISTRY);
    pauseEnds();
    nudge(
        progress -> {
          progress.require(REGISTRY);
          throw refused(KUBO);
        });
    theNextMayTryAtOnce();
  }

  @Test
  void oneThatIsHeldBackElsewhereLeavesTheTryToTheNext() throws Exception {
    isAway(REGISTRY);
    pauseEnds();
    isAway(KUBO);
    nudge(
        progress -> {
          progress.require(REGISTRY);
          progress.require(KUBO);
        });
    theNextMayTryAtOnce();
  }

  @Test
  void oneWithADefectLeavesTheTryToTheNext() throws Exception {
    isAway(REGISTRY);
    pauseEnds();
    nudge(
        progress -> {
          progress.require(REGISTRY);
          throw new IllegalStateException("a defect");
        });
    theNextMayTryAtOnce();
  }

  @Test
  void oneThatIsInterruptedLeavesTheTryToTheNext() {
    isAway(REGISTRY);
    pauseEnds();
    assertThatThrownBy(
            () ->
                nudge(
                    progress -> {
                      progress.require(REGISTRY);
                      throw new InterruptedException("the partition is another's now");
                    }))
        .isInstanceOf(InterruptedException.class);
    theNextMayTryAtOnce();
  }
}
