package dev.longshore.watcher;

import static dev.longshore.watcher.PolledHub.BACKFILL;
import static dev.longshore.watcher.PolledHub.HOST;
import static dev.longshore.watcher.PolledHub.POLLS;
import static dev.longshore.watcher.PolledHub.REGISTRY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Hint;
import dev.longshore.events.Origin;
import dev.longshore.events.ReferenceHint;
import dev.longshore.model.Tag;
import dev.longshore.oci.testing.Fault;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.runtime.testing.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Where a watcher asks a registry too much, only what did so rests; fresh pushes go on. */
@Timeout(120)
class RegistryUsesTest {
  private static final Duration WISH = Duration.ofMinutes(10);

  @TempDir Path folder;
  private PolledHub hub;

  @AfterEach
  void stop() throws Exception {
    hub.close();
  }

  @Test
  void aPollThatIsRefusedRestsAsLongAsTheRegistrySaysAndFreshPushesGoOn() throws Exception {
    open("[\"**\"]");
    hub.push("team/old", "t1", 1);
    refuseOnce("t1");
    hub.start();
    awaitPaused(POLLS);

    assertThat(hub.endpoints.isOpen(REGISTRY)).isTrue();
    awaitFreshPush("team/fresh");
    awaitFreshPush("team/old");
    hub.alarms.advance(WISH.minusSeconds(1));
    assertThat(hub.hasObserved("team/old:t1")).isFalse();

    hub.alarms.advance(Duration.ofSeconds(1));
    hub.awaitObserved("team/old:t1");
    Eventually.await("the end of the pause", () -> hub.endpoints.isOpen(POLLS));
  }

  @ParameterizedTest
  @CsvSource({"BACKFILL, backfill of", "POLL, polls of", "SYNC, polls of"})
  void aLookAtWhatIsNoFreshPushRestsAlone(Origin origin, String use) throws Exception {
    open("[]");
    String endpoint = use + " " + REGISTRY;
    hub.push("team/old", "t1", 1);
    refuseOnce("t1");
    hub.start();
    hint(origin, "t1");
    assertThat(hub.awaitTrouble("team/old").endpoint()).isEqualTo(endpoint);

    assertThat(hub.endpoints.isOpen(REGISTRY)).isTrue();
    awaitFreshPush("team/fresh");
    awaitFreshPush("team/old");
    hub.push("team/old", "t2", 2);
    int requests = hub.registry.requests().size();
    hint(origin, "t2");
    Eventually.await("both wait", () -> hub.parked("team/old") >= 2);
    assertThat(hub.registry.requests()).as("until its time").hasSize(requests);

    hub.alarms.advance(WISH);
    hub.awaitObserved("team/old:t1");
    hub.awaitObserved("team/old:t2");
    assertThat(hub.endpoints.isOpen(endpoint)).isTrue();
  }

  @Test
  void whereAFreshPushIsRefusedAllRest() throws Exception {
    open("[]");
    hub.push("team/old", "t1", 1);
    refuseOnce("v1");
    hub.start();
    hub.notified("team/fresh", "v1", hub.push("team/fresh", "v1", 9));
    assertThat(hub.awaitTrouble("team/fresh").endpoint()).isEqualTo(REGISTRY);

    hint(Origin.BACKFILL, "t1");
    assertThat(hub.awaitTrouble("team/old").endpoint()).isEqualTo(REGISTRY);
    hub.alarms.advance(WISH);

    hub.awaitObserved("team/fresh:v1");
    hub.awaitObserved("team/old:t1");
  }

  @ParameterizedTest
  @EnumSource(names = {"BACKFILL", "POLL"})
  void aRegistryThatIsAwayRestsForAllWhoeverFindsOut(Origin origin) throws Exception {
    open("[]");
    hub.push("team/old", "t1", 1);
    hub.registry.faults().always("t1", new Fault.Status(503));
    hub.registry.faults().always(InMemoryRegistry.PING, new Fault.Status(503));
    hub.start();
    hint(origin, "t1");

    assertThat(hub.awaitTrouble("team/old").endpoint()).isEqualTo(REGISTRY);
    hub.registry.faults().clear();
    hub.awaitWithTime("team/old:t1");
    assertThat(hub.endpoints.isOpen(REGISTRY)).isTrue();
  }

  @Test
  void aBackfillThatTriesARegistryForAllAndIsRefusedShowsThatItIsBack() throws Exception {
    open("[]");
    hub.endpoints.failed(REGISTRY, "GET /v2/: 503", null);
    hub.push("team/old", "t1", 1);
    hub.start();
    hint(Origin.BACKFILL, "t1");
    assertThat(hub.awaitTrouble("team/old").endpoint()).isEqualTo(REGISTRY);
    refuseOnce("t1");

    hub.alarms.advance(Duration.ofSeconds(1));

    awaitPaused(BACKFILL);
    Eventually.await("the registry is open", () -> hub.endpoints.isOpen(REGISTRY));
    awaitFreshPush("team/fresh");
  }

  @Test
  void aPollThatTriesARegistryForAllAndIsRefusedShowsThatItIsBack() throws Exception {
    open("[\"**\"]");
    hub.endpoints.failed(REGISTRY, "GET /v2/: 503", null);
    hub.push("team/old", "t1", 1);
    hub.registry.faults().always(HOST.toString(), new Fault.Status(429, Optional.of(WISH)));
    hub.start();

    Eventually.await(
        "the polls rest",
        () -> {
          hub.alarms.advance(Duration.ofMillis(100));
          return !hub.endpoints.isOpen(POLLS);
        });

    Eventually.await("the registry is open", () -> hub.endpoints.isOpen(REGISTRY));
    awaitFreshPush("team/fresh");
  }

  @Test
  void looksAtBackfillKeepToTheBudgetOfThePollsAndFreshPushesNeedNone() throws Exception {
    open("[]");
    hub.start();
    for (int i = 0; i < 5; i++) {
      awaitFreshPush("team/fresh" + i);
    }
    assertThat(hub.waits).hasValue(0);

    for (int i = 0; i < 5; i++) {
      hub.push("team/old", "t" + i, i);
      hint(Origin.BACKFILL, "t" + i);
    }
    hub.awaitObserved("team/old:t4");
    assertThat(hub.waits).hasValueGreaterThan(3);
  }

  private void open(String polled) throws Exception {
    hub = new PolledHub(folder, polled);
  }

  private void refuseOnce(String tag) {
    hub.registry.faults().next(tag, new Fault.Status(429, Optional.of(WISH)));
  }

  private void awaitPaused(String endpoint) {
    Eventually.await(endpoint + " to be paused", () -> !hub.endpoints.isOpen(endpoint));
  }

  private void awaitFreshPush(String repository) {
    hub.notified(repository, "fresh", hub.push(repository, "fresh", 99));
    hub.awaitObserved(repository + ":fresh");
  }

  /** What a poll or {@code sync} stores. */
  private void hint(Origin origin, String tag) {
    byte[] body = ReferenceBody.write(new ReferenceHint("team/old", new Tag(tag), null, null));
    hub.bus.send(
        new Hint(
            origin,
            "dev",
            "team/old",
            Hint.REFERENCE,
            Base64.getEncoder().encodeToString(body),
            false,
            hub.clock.instant()));
  }
}
