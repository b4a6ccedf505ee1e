package dev.longshore.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Observed;
import dev.longshore.events.TagState;
import dev.longshore.events.Topic;
import dev.longshore.model.Digest;
import dev.longshore.runtime.config.NotificationFormat;
import dev.longshore.runtime.config.NotificationSettings;
import dev.longshore.runtime.config.RegistrySettings;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.config.SharedSettings;
import dev.longshore.runtime.edge.audit.AuditSink;
import dev.longshore.runtime.kafka.StepHost;
import dev.longshore.runtime.kafka.record.ServiceId;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.runtime.testing.MemoryBus;
import dev.longshore.settings.Secret;
import dev.longshore.testing.RandomImage;
import io.opentelemetry.api.OpenTelemetry;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** From a notification of another sender than the CNCF registry to what the watcher announces. */
@Timeout(60)
class NotifiedLookTest {
  private static final String SECRET = "of-harbor-alone";
  private static final String NOWHERE = Digest.of(new byte[] {9}).toString();

  private final WatchedHub hub = new WatchedHub();
  private final MemoryBus kafka = new MemoryBus(hub.clock);
  private final Vertx vertx = Vertx.vertx();
  private final Endpoints endpoints = new Endpoints(hub.clock, (_, _) -> {}, new Random(1));
  private final WatcherService watcher = watcher();
  private final StepHost host =
      kafka.service(
          new ServiceId("watcher", "observe", "1"),
          Set.of(Topic.HINTS),
          endpoints,
          hub.catalog,
          watcher.step());

  @BeforeEach
  void start() throws Exception {
    host.start();
    watcher.webhooks().start();
  }

  @AfterEach
  void close() throws Exception {
    watcher.webhooks().stop(Duration.ofSeconds(1));
    host.close();
    vertx.close().await();
    hub.catalog.close();
  }

  @Test
  void aPushIsAnnouncedAsTheConfiguredRegistryHasIt() throws Exception {
    Digest there = hub.images.push(WatchedHub.name("dock/crane"), "v3", RandomImage.of(1)).digest();

    assertThat(post("PUSH_ARTIFACT", NOWHERE)).isEqualTo(202);

    Eventually.await("the announcement", () -> !observed().isEmpty());
    assertThat(observed())
        .singleElement()
        .satisfies(
            seen -> {
              // Neither the digest nor the host of the notification.
              assertThat(seen.digest()).isEqualTo(there);
              assertThat(seen.name()).isEqualTo(WatchedHub.name("dock/crane"));
            });
  }

  @Test
  void aForgedPushLeadsToNothing() throws Exception {
    assertThat(post("PUSH_ARTIFACT", NOWHERE)).isEqualTo(202);
    hub.images.push(WatchedHub.name("dock/crane"), "v3", RandomImage.of(1));
    assertThat(post("PUSH_ARTIFACT", NOWHERE)).isEqualTo(202);

    // Hints of one repository are looked at in order.
    Eventually.await("the announcement of the second", () -> !observed().isEmpty());
    assertThat(observed()).hasSize(1);
    assertThat(kafka.records(Topic.DEAD)).isEmpty();
  }

  @Test
  void aDeletionCountsOnlyIfTheRegistryHasTheTagNoMore() throws Exception {
    hub.images.push(WatchedHub.name("dock/crane"), "v3", RandomImage.of(1));
    post("PUSH_ARTIFACT", NOWHERE);
    Eventually.await("the announcement", () -> states().size() >= 1);

    post("DELETE_ARTIFACT", NOWHERE);
    post("PUSH_ARTIFACT", NOWHERE);
    hub.images.untag(WatchedHub.name("dock/crane"), "v3");
    post("DELETE_ARTIFACT", NOWHERE);

    Eventually.await("the deletion", () -> states().getLast().deleted());
    assertThat(states().stream().filter(TagState::deleted)).hasSize(1);
  }

  private List<Observed> observed() {
    return kafka.read(Topic.OBSERVED, Observed.class);
  }

  private List<TagState> states() {
    return kafka.read(Topic.TAGS, TagState.class).stream()
        .filter(state -> state.tag() != null)
        .toList();
  }

  private int post(String type, String digest) throws Exception {
    String body =
        """
        {"type": "%s", "event_data": {
          "resources": [{"digest": "%s", "tag": "v3", "resource_url": "elsewhere.example/dock/crane:v3"}],
          "repository": {"repo_full_name": "dock/crane"}}}
        """
            .formatted(type, digest);
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + watcher.webhooks().address() + "/hooks/dev"))
            .timeout(Duration.ofSeconds(10))
            .header("Authorization", "Bearer " + SECRET)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }
  }

  private WatcherService watcher() {
    return new WatcherService(
        new ServiceContext(
            settings(), hub.catalog, endpoints, OpenTelemetry.noop(), AuditSink.NONE, hub.clock),
        InProcess.watcher(),
        List.of(),
        CatalogBarrier.AT_HAND,
        hub.images,
        kafka::send,
        _ -> {},
        vertx);
  }

  private static SharedSettings settings() {
    RegistrySettings registry =
        new RegistrySettings(
            "dev",
            WatchedHub.HOST,
            null,
            true,
            List.of(),
            null,
            null,
            null,
            new NotificationSettings(NotificationFormat.HARBOR, new Secret(SECRET), null));
    return InProcess.shared(registry);
  }
}
