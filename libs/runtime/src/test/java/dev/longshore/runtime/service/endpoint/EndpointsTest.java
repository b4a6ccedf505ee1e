package dev.longshore.runtime.service.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class EndpointsTest {
  private static final String KUBO = "kubo site-a";
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final ManualClock clock = new ManualClock(START);
  private final ManualAlarms alarms = new ManualAlarms(clock);
  private final Endpoints endpoints = new Endpoints(clock, alarms, new SplittableRandom(1));
  private final LinkedBlockingQueue<Thread> passed = new LinkedBlockingQueue<>();
  private final List<Thread> callers = new ArrayList<>();

  @AfterEach
  void stopCallers() throws InterruptedException {
    for (Thread caller : callers) {
      caller.interrupt();
      caller.join();
    }
  }

  private void callers(int number) {
    for (int i = 0; i < number; i++) {
      callers.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      endpoints.awaitOpen(KUBO);
                      passed.add(Thread.currentThread());
                    } catch (InterruptedException stopped) {
                      Thread.currentThread().interrupt();
                    }
                  }));
    }
    callers.forEach(EndpointsTest::awaitHeldBack);
  }

  private static void awaitHeldBack(Thread caller) {
    while (caller.isAlive() && caller.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
  }

  private void onePasses() throws InterruptedException {
    assertThat(passed.poll(10, TimeUnit.SECONDS)).isNotNull();
    callers.forEach(EndpointsTest::awaitHeldBack);
    assertThat(passed).isEmpty();
  }

  private EndpointState state() {
    return endpoints.snapshot().getFirst().state();
  }

  @Test
  void anEndpointThatNobodyComplainedAboutIsOpen() throws InterruptedException {
    assertThat(endpoints.isOpen(KUBO)).isTrue();
    endpoints.awaitOpen(KUBO);
    assertThat(endpoints.snapshot())
        .containsExactly(new EndpointStatus(KUBO, new EndpointState.Open()));
  }

  @Test
  void aFailurePausesForEveryoneAndSaysSinceWhenAndWhy() {
    endpoints.failed(KUBO, "POST /api/v0/pin/add: connection refused", null);
    clock.advance(Duration.ofMillis(100));
    endpoints.failed(KUBO, "POST /api/v0/id: connection refused", null);

    assertThat(endpoints.isOpen(KUBO)).isFalse();
    assertThat(endpoints.isOpen("kubo site-b")).isTrue();
    assertThat(state())
        .isInstanceOfSatisfying(
            EndpointState.Paused.class,
            paused -> {
              assertThat(paused.since()).isEqualTo(START);
              assertThat(paused.cause()).isEqualTo("POST /api/v0/id: connection refused");
              assertThat(paused.failures()).isEqualTo(1);
              assertThat(paused.nextProbe())
                  .isBetween(START.plusMillis(500), START.plusMillis(1000));
            });
  }

  @Test
  void aClockThatIsSetBackLengthensNoPause() {
    ManualClock wall = new ManualClock(START);
    Endpoints its = new Endpoints(wall, alarms, new SplittableRandom(1));
    Duration pause = Duration.between(START, its.failed(KUBO, "503", null));
    wall.advance(Duration.ofDays(-1));
    assertThat(its.mayPass(KUBO)).isFalse();

    alarms.advance(pause);

    assertThat(its.mayPass(KUBO)).as("the machine's timer counted the pause").isTrue();
  }

  @Test
  void anOutageKeepsAFewAlarmsHoweverLongItLasts() {
    endpoints.failed(KUBO, "connection refused", null);
    for (int probe = 0; probe < 1_000; probe++) {
      alarms.advance(Duration.between(clock.instant(), endpoints.nextTry(KUBO)));
      assertThat(endpoints.mayPass(KUBO)).isTrue();
      endpoints.failed(KUBO, "connection refused", null);
    }

    assertThat(alarms.pending()).isLessThanOrEqualTo(3);
  }

  @Test
  void aShorterPauseEndsInTimeThoughALongerOneWasWishedBefore() throws Exception {
    endpoints.failed(KUBO, "503", Duration.ofMinutes(30));
    endpoints.succeeded(KUBO);
    endpoints.failed(KUBO, "connection refused", null);
    callers(1);

    alarms.advance(Duration.ofSeconds(1));

    onePasses();
  }

  @Test
  void aWishThatComesLongAfterThePauseEndsInTimeToo() throws Exception {
    endpoints.failed(KUBO, "connection refused", null);
    alarms.advance(Duration.ofMinutes(5));
    endpoints.failed(KUBO, "503", Duration.ofSeconds(30));
    callers(1);

    alarms.advance(Duration.ofSeconds(30));

    onePasses();
  }

  @Test
  void aRepositoryIsForgottenWhenItIsServedAgainOrNobodyWaitsForIt() throws Exception {
    for (int i = 0; i < 10_000; i++) {
      endpoints.failed("repository localhost:5055/team/app" + i, "403", null);
    }
    assertThat(endpoints.snapshot()).hasSize(10_000);
    assertThat(endpoints.isOpen("repository localhost:5055/team/app7")).isFalse();

    endpoints.succeeded("repository localhost:5055/team/app7");
    assertThat(endpoints.snapshot()).hasSize(9_999);
    alarms.advance(Duration.ofMinutes(5));
    assertThat(endpoints.snapshot()).isEmpty();
  }

  @Test
  void aRepositoryThatIsWaitedForIsKept() throws Exception {
    String repository = "repository localhost:5055/team/app";
    endpoints.failed(repository, "403", null);
    Thread caller =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    for (int i = 0; i < 12; i++) {
                      endpoints.awaitOpen(repository);
                      endpoints.failed(repository, "403", null);
                      passed.add(Thread.currentThread());
                    }
                  } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                  }
                });
    callers.add(caller);
    for (int tries = 1; tries <= 12; tries++) {
      awaitHeldBack(caller);
      Instant failed = clock.instant();
      Duration longest = Duration.ofSeconds(Math.min(300, 1L << (tries - 1)));
      Duration pause = Duration.between(failed, endpoints.nextTry(repository));
      assertThat(pause).isBetween(longest.dividedBy(2), longest);
      alarms.advance(pause);
      assertThat(passed.poll(10, TimeUnit.SECONDS)).isNotNull();
    }
  }

  @Test
  void exactlyOneCallerTriesItWhenThePauseEndsAndItsSuccessOpensForAll() throws Exception {
    endpoints.failed(KUBO, "500", null);
    callers(5);
    assertThat(passed).isEmpty();

    alarms.advance(Duration.ofSeconds(1));
    onePasses();
    assertThat(state()).isInstanceOf(EndpointState.Probing.class);

    endpoints.succeeded(KUBO);
    for (int i = 0; i < 4; i++) {
      assertThat(passed.poll(10, TimeUnit.SECONDS)).isNotNull();
    }
    assertThat(endpoints.isOpen(KUBO)).isTrue();
  }

  @Test
  void aProbeThatFailsPausesForLongerAndLetsTheNextOneTry() throws Exception {
    endpoints.failed(KUBO, "500", null);
    callers(3);
    alarms.advance(Duration.ofSeconds(1));
    onePasses();

    Instant failedAgain = clock.instant();
    endpoints.failed(KUBO, "502", null);
    assertThat(state())
        .isInstanceOfSatisfying(
            EndpointState.Paused.class,
            paused -> {
              assertThat(paused.since()).isEqualTo(START);
              assertThat(paused.failures()).isEqualTo(2);
              assertThat(paused.nextProbe())
                  .isBetween(failedAgain.plusSeconds(1), failedAgain.plusSeconds(2));
            });
    alarms.advance(Duration.ofSeconds(2));
    onePasses();
  }

  @Test
  void aProbeThatNeverReportsIsReplaced() throws Exception {
    endpoints.failed(KUBO, "500", null);
    callers(2);
    alarms.advance(Duration.ofSeconds(1));
    onePasses();

    alarms.advance(EndpointGate.PROBE_LIMIT);
    onePasses();
  }

  @Test
  void whatTheEndpointAsksForIsHonouredEvenIfAFailureWithoutAWishCameFirst() throws Exception {
    endpoints.failed(KUBO, "500", null);
    endpoints.failed(KUBO, "429", Duration.ofMinutes(5));
    callers(1);

    alarms.advance(Duration.ofMinutes(5).minusMillis(1));
    assertThat(passed).isEmpty();
    alarms.advance(Duration.ofMillis(1));
    onePasses();
  }

  @Test
  void anAbsurdWishIsCutToAnHour() {
    endpoints.failed(KUBO, "429", Duration.ofDays(300));
    assertThat(state())
        .isInstanceOfSatisfying(
            EndpointState.Paused.class,
            paused -> assertThat(paused.nextProbe()).isEqualTo(START.plus(Duration.ofHours(1))));
  }

  @Test
  void aCallerThatIsToldToStopStops() throws InterruptedException {
    endpoints.failed(KUBO, "500", null);
    callers(1);
    callers.getFirst().interrupt();
    callers.getFirst().join();
    assertThat(passed).isEmpty();
  }

  @Test
  void aDayAwayTakesAboutOneProbeAMinuteAndTheFirstSuccessLetsAThousandCallersGo()
      throws Exception {
    endpoints.failed(KUBO, "connection refused", null);
    for (int i = 0; i < 1000; i++) {
      callers.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      do {
                        endpoints.awaitOpen(KUBO);
                        passed.add(Thread.currentThread());
                      } while (!endpoints.isOpen(KUBO));
                    } catch (InterruptedException stopped) {
                      Thread.currentThread().interrupt();
                    }
                  }));
    }
    int probes = 0;
    Instant end = START.plus(Duration.ofDays(1));
    while (clock.instant().isBefore(end)) {
      if (state() instanceof EndpointState.Paused(_, _, _, Instant next)) {
        alarms.advance(Duration.between(clock.instant(), next));
      }
      assertThat(passed.poll(10, TimeUnit.SECONDS)).isNotNull();
      probes++;
      endpoints.failed(KUBO, "connection refused", null);
    }
    assertThat(probes).isBetween(24 * 60, 24 * 60 * 2 + 20);

    endpoints.succeeded(KUBO);
    for (Thread caller : callers) {
      caller.join();
    }
  }

  @Test
  void oneThatWaitsTriesInPlaceOfOneThatGaveUp() throws InterruptedException {
    endpoints.failed(KUBO, "refused", null);
    callers(2);
    clock.advance(Duration.ofSeconds(2));
    assertThat(endpoints.mayTry(KUBO)).isTrue();
    assertThat(endpoints.mayTry(KUBO)).isFalse();
    alarms.advance(Duration.ZERO);
    assertThat(passed).isEmpty();

    endpoints.givenUp(KUBO);
    alarms.advance(Duration.ZERO);
    onePasses();
  }

  @Test
  void nobodyTriesOneThatIsOpen() {
    assertThat(endpoints.mayTry(KUBO)).isFalse();
    endpoints.failed(KUBO, "refused", null);
    endpoints.succeeded(KUBO);
    assertThat(endpoints.mayTry(KUBO)).isFalse();
    endpoints.givenUp(KUBO);
    assertThat(endpoints.isOpen(KUBO)).isTrue();
  }
}
