package dev.longshore.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Hint;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.testing.Fault;
import dev.longshore.oci.testing.Faults;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.testing.RandomImage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class PollScheduleTest {
  private final WatchedHub hub = new WatchedHub();
  private final List<Hint> hints = new CopyOnWriteArrayList<>();
  private final Semaphore known = new Semaphore(0);
  private final Endpoints endpoints = new Endpoints(hub.clock, (_, _) -> {}, new Random(1));
  private final PollSchedule polls = hub.polls("**", hints::add, known::acquire, endpoints);

  @AfterEach
  void stop() throws Exception {
    polls.stop();
    hub.catalog.close();
  }

  @Test
  void theFirstPollAfterKafkaIsLostTakesEveryTagForNew() throws Exception {
    Descriptor image = hub.images.push(WatchedHub.name("team/app"), "v1", RandomImage.of(1));
    hub.pushed("team/app", image.digest(), "v1");
    int requests = hub.images.requests().size();

    polls.start();
    Eventually.await("the poll waits", known::hasQueuedThreads);
    assertThat(hub.images.requests()).hasSize(requests);

    // What a catalog's source does that finds other topics, and all of them read.
    hub.catalog.writer().startAgain(true);
    hub.catalog.writer().complete(hub.clock.instant());
    known.release(10);

    Eventually.await("a hint", () -> !hints.isEmpty());
    hub.handle(hints.getFirst());
    assertThat(hub.tag("team/app", "v1").digest()).isEqualTo(image.digest());
  }

  @Test
  void whatIsKnownInAKafkaThatWasOnlyAwayIsNotAnnouncedAgain() throws Exception {
    Descriptor image = hub.images.push(WatchedHub.name("team/app"), "v1", RandomImage.of(1));
    hub.pushed("team/app", image.digest(), "v1");
    hub.images.push(WatchedHub.name("team/app"), "v2", RandomImage.of(2));

    polls.start();
    known.release(10);

    Eventually.await("a hint", () -> !hints.isEmpty());
    assertThat(new String(hints.getFirst().bytes(), StandardCharsets.UTF_8)).contains("v2");
  }

  @Test
  void aLookThatIsAskedForIsDoneWhenAllWasLookedAt() {
    hub.images.push(WatchedHub.name("team/app"), "v1", RandomImage.of(1));
    hub.images.faults().always(Faults.ANY, new Fault.Status(503));
    CompletableFuture<Void> look = polls.request();
    known.release(10);
    polls.start();
    Eventually.await("a failure", () -> !endpoints.isOpen(hub.registry.endpoint()));
    assertThat(look).isNotDone();

    hub.images.faults().clear();
    endpoints.succeeded(hub.registry.endpoint());

    Eventually.await("the look", look::isDone);
    assertThat(hints).hasSize(1);
  }
}
