package dev.longshore.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Hint;
import dev.longshore.events.Topic;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.watcher.sender.Delivery;
import dev.longshore.watcher.sender.GitHub;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A sender says that something in a repository changed, and not what. */
@Timeout(60)
class UnnamedChangeTest {
  @TempDir Path folder;
  private PolledHub hub;

  @BeforeEach
  void prepare() throws Exception {
    hub = new PolledHub(folder, "[\"another/**\"]");
  }

  @AfterEach
  void close() throws Exception {
    hub.close();
  }

  @Test
  void allTagsOfTheRepositoryAreComparedThoughItIsNotPolled() {
    hub.push("quay-side/crane", "v3", 1);
    hub.push("quay-side/crane", "v4", 2);
    hub.push("quay-side/other", "v1", 3);
    hub.start();

    notified("crane");

    hub.awaitObserved("quay-side/crane:v3");
    hub.awaitObserved("quay-side/crane:v4");
    assertThat(hub.registry.requests()).noneMatch(request -> request.contains("quay-side/other"));
  }

  @Test
  void oneThatIsNotThereLeadsToNothing() {
    hub.push("quay-side/crane", "v3", 1);
    hub.start();

    notified("forged");
    Eventually.await("the look", () -> looks("forged") == 1);
    notified("crane");

    hub.awaitObserved("quay-side/crane:v3");
    assertThat(hub.troubles("quay-side/forged")).isEmpty();
    assertThat(hub.bus.records(Topic.RETRY)).isEmpty();
    assertThat(hub.bus.records(Topic.DEAD)).isEmpty();
  }

  @Test
  void oneLookIsEnoughForAllThatCameBeforeIt() {
    hub.push("quay-side/crane", "v3", 1);
    for (int manifest = 0; manifest < 5; manifest++) {
      notified("crane");
    }
    hub.clock.advance(Duration.ofMinutes(2));
    hub.start();
    hub.awaitObserved("quay-side/crane:v3");

    hub.push("quay-side/crane", "v4", 2);
    notified("crane");

    hub.awaitObserved("quay-side/crane:v4");
    assertThat(looks("crane")).isEqualTo(2);
  }

  private long looks(String name) {
    return hub.registry.requests().stream()
        .filter(request -> request.startsWith("tags ") && request.endsWith("/" + name))
        .count();
  }

  private void notified(String name) {
    String body =
        """
        {"action": "published", "package": {"name": "%s", "package_type": "CONTAINER",
          "owner": {"login": "Quay-Side"}, "package_version": null}}
        """
            .formatted(name);
    for (Hint hint :
        Webhooks.normal(
            "dev",
            new GitHub().told(new Delivery("application/json", SenderBed.bytes(body))).changes(),
            hub.clock.instant())) {
      hub.bus.send(hint);
    }
  }
}
