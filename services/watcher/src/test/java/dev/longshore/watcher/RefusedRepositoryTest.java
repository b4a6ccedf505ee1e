package dev.longshore.watcher;

import static dev.longshore.watcher.PolledHub.POLLS;
import static dev.longshore.watcher.PolledHub.REGISTRY;
import static dev.longshore.watcher.PolledHub.name;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.WorkFailure;
import dev.longshore.events.Topic;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.testing.Fault;
import dev.longshore.oci.testing.Faults;
import dev.longshore.runtime.testing.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A registry that refuses one repository, or its list of them, and serves the others. */
@Timeout(120)
class RefusedRepositoryTest {
  private static final String REFUSED = "repository localhost:5055/team/a";

  @TempDir private Path folder;
  private PolledHub hub;

  @AfterEach
  void stop() throws Exception {
    hub.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 404, 500, 503})
  void aPollReachesAllOthersInTheSameRoundAndTheRefusedOneWhenItIsAllowed(int status)
      throws Exception {
    hub = new PolledHub(folder, "[team/a, \"**\"]");
    hub.push("team/a", "v1", 1);
    hub.push("team/b", "v1", 2);
    hub.push("team/c", "v1", 3);
    hub.registry.refuse(name("team/a"), new Fault.Status(status));
    hub.start();

    hub.awaitObserved("team/b:v1");
    hub.awaitObserved("team/c:v1");
    WorkFailure trouble = hub.awaitTrouble("team/a");
    assertThat(trouble.endpoint()).isEqualTo(REFUSED);
    assertThat(trouble.message()).contains("localhost:5055/team/a", String.valueOf(status));
    assertThat(hub.endpoints.isOpen(REGISTRY)).isTrue();

    hub.registry.allow(name("team/a"));
    hub.pass(trouble);
    hub.awaitObserved("team/a:v1");
    Eventually.await("the end of the trouble", () -> hub.troubles("team/a").isEmpty());
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 500, 503})
  void hintsOfOtherRepositoriesFlowOn(int status) throws Exception {
    hub = new PolledHub(folder, "[]");
    Descriptor refused = hub.push("team/a", "v1", 1);
    Descriptor served = hub.push("team/b", "v1", 2);
    hub.registry.refuse(name("team/a"), new Fault.Status(status));
    hub.start();

    hub.notified("team/a", "v1", refused);
    WorkFailure trouble = hub.awaitTrouble("team/a");
    assertThat(trouble.endpoint()).isEqualTo(REFUSED);
    hub.notified("team/b", "v1", served);
    hub.awaitObserved("team/b:v1");

    hub.registry.allow(name("team/a"));
    hub.pass(trouble);
    hub.awaitObserved("team/a:v1");
  }

  @Test
  void itsPausesGrowWhileItIsRefusedUpToFiveMinutes() throws Exception {
    hub = new PolledHub(folder, "[]");
    Descriptor refused = hub.push("team/a", "v1", 1);
    hub.registry.refuse(name("team/a"), new Fault.Status(403));
    hub.start();
    hub.notified("team/a", "v1", refused);

    // The record that was parked is tried at once, and from then on after each pause.
    for (int tries = 1; tries <= 12; tries++) {
      WorkFailure trouble = hub.awaitTry("team/a", tries);
      Duration pause = Duration.between(hub.clock.instant(), trouble.nextTry());
      Duration full = Duration.ofSeconds(Math.min(300, 1L << (tries - 1)));
      assertThat(pause).isBetween(full.dividedBy(2), full);
      hub.pass(trouble);
    }
  }

  @Test
  void whatIsRefusedInEveryRoundWaitsOnce() throws Exception {
    hub = new PolledHub(folder, "[\"**\"]");
    hub.push("team/a", "v1", 1);
    hub.push("team/b", "v1", 2);
    hub.registry.refuse(name("team/a"), new Fault.Status(403));
    hub.start();
    hub.awaitObserved("team/b:v1");
    hub.awaitTrouble("team/a");

    for (int round = 2; round < 5; round++) {
      String tag = "v" + round;
      hub.push("team/b", tag, round);
      hub.watcher.reconcileAll(() -> {});
      hub.awaitObserved("team/b:" + tag);
    }

    assertThat(hub.bus.records(Topic.HINTS))
        .filteredOn(record -> record.key().equals("dev/team/a"))
        .hasSize(1);
  }

  @Test
  void aTagThatIsRefusedHidesNoOther() throws Exception {
    hub = new PolledHub(folder, "[\"**\"]");
    hub.push("team/a", "broken", 1);
    hub.push("team/a", "whole", 2);
    hub.registry.faults().always("broken", new Fault.Status(500));
    hub.start();

    hub.awaitWithTime("team/a:whole");
    assertThat(hub.awaitTrouble("team/a").endpoint()).isEqualTo(REFUSED);
    hub.registry.faults().clear();
    hub.awaitWithTime("team/a:broken");
  }

  @Test
  void aTagThatIsRefusedForLongHoldsUpNoneThatWaitsBehindIt() throws Exception {
    hub = new PolledHub(folder, "[]");
    Descriptor broken = hub.push("team/a", "broken", 1);
    Descriptor whole = hub.push("team/a", "whole", 2);
    hub.registry.faults().always("broken", new Fault.Status(500));
    hub.start();
    hub.notified("team/a", "broken", broken);
    hub.awaitTrouble("team/a");

    hub.registry.faults().next("whole", new Fault.Status(500));
    hub.notified("team/a", "whole", whole);
    Eventually.await("both wait", () -> hub.parked("team/a") == 2);

    hub.awaitWithTime("team/a:whole");
    assertThat(hub.hasObserved("team/a:broken")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 404, 405, 500})
  void aRegistryThatRefusesItsCatalogIsPolledForWhatIsNamed(int status) throws Exception {
    hub = new PolledHub(folder, "[team/a, \"other/*\"]");
    hub.push("team/a", "v1", 1);
    hub.push("other/b", "v1", 2);
    hub.registry.faults().always(PolledHub.HOST.toString(), new Fault.Status(status));
    hub.start();

    hub.awaitObserved("team/a:v1");
    assertThat(hub.endpoints.isOpen(REGISTRY)).isTrue();
    assertThat(hub.hasObserved("other/b:v1")).isFalse();
  }

  @Test
  void aRegistryThatIsAwayIsPausedAsAWholeAndPolledWhenItIsBack() throws Exception {
    hub = new PolledHub(folder, "[\"**\"]");
    hub.push("team/a", "v1", 1);
    hub.push("team/b", "v1", 2);
    hub.registry.faults().always(Faults.ANY, new Fault.Status(503));
    hub.start();

    Eventually.await("the pause", () -> !hub.endpoints.isOpen(REGISTRY));
    hub.registry.faults().clear();
    hub.alarms.advance(Duration.ofSeconds(1));

    hub.awaitObserved("team/a:v1");
    hub.awaitObserved("team/b:v1");
    assertThat(hub.endpoints.isOpen(REGISTRY)).isTrue();
    Eventually.await("the end of the trouble", () -> hub.catalog.failures().newest(10).isEmpty());
  }

  @Test
  void aPollThatTheRegistryBreaksOffGoesOnWithTheOthers() throws Exception {
    hub = new PolledHub(folder, "[\"**\"]");
    hub.push("team/a", "v1", 1);
    hub.push("team/b", "v1", 2);
    hub.registry.refuse(name("team/a"), new Fault.Status(429, Optional.of(Duration.ofSeconds(30))));
    hub.start();
    Eventually.await("the pause", () -> !hub.endpoints.isOpen(POLLS));

    hub.awaitWithTime("team/b:v1");
  }
}
