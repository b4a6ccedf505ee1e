package dev.longshore.app.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.app.KafkaWithRights;
import dev.longshore.app.Longshore;
import dev.longshore.app.ServiceName;
import dev.longshore.app.settings.FollowedSettings;
import dev.longshore.app.settings.Settings;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.SiteCredentialsState;
import dev.longshore.events.Topic;
import dev.longshore.model.SiteName;
import dev.longshore.programs.FreePorts;
import dev.longshore.runtime.service.lifecycle.Lifecycle;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.runtime.testing.KafkaBroker;
import dev.longshore.settings.ConfigLoader;
import dev.longshore.settings.ConfigSources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePatternFilter;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code service ops} on a Kafka that gives {@code longshore-ops} what {@code longshore topics}
 * prints, and nothing else.
 */
@Timeout(120)
class OpsRightsIT {
  private static final String PREFIX = KafkaWithRights.PREFIX;
  private static final String USER = "longshore-ops";
  private static final String RIGHTS = "; give the rights that 'longshore topics' prints";
  private static final String ADMIN_CLIENT = "kafka-admin-client-thread | adminclient-";
  private static final Duration LIMIT = KafkaWithRights.LIMIT;

  @TempDir static Path folder;
  private static KafkaWithRights kafka;
  private static int port;
  private static Lifecycle page;

  private final HttpClient client = HttpClient.newHttpClient();
  private final ObjectMapper mapper = new ObjectMapper();

  @BeforeAll
  static void start() throws Exception {
    kafka = new KafkaWithRights(folder, List.of(USER));
    kafka.write(Samples.image(1));
    kafka.write(
        new SiteCredentialsState(
            new SiteName("store-17"), "shops", List.of(), null, Instant.EPOCH));
    Settings settings =
        new ConfigLoader<>(Settings.class)
            .load(new ConfigSources(config(), Map.of(), List.of()))
            .settings();
    page =
        new Lifecycle(
            new Longshore(
                    FollowedSettings.fixed(settings), Set.of(ServiceName.OPS), false, List.of())
                .parts(),
            Duration.ofSeconds(5));
    page.start();
  }

  @AfterAll
  static void stop() throws Exception {
    if (page != null) {
      page.stop();
    }
    kafka.close();
  }

  private static Path config() throws IOException {
    List<Integer> ports = FreePorts.find(2);
    port = ports.getFirst();
    return Files.writeString(
        folder.resolve("ops.yaml"),
        """
        home: %s
        ops: {listen: "127.0.0.1:%d"}
        health: {listen: "127.0.0.1:%d"}
        registries:
          - {name: local, host: registry.test, url: "http://127.0.0.1:1", poll: {interval: 1h, repositories: ["**"]}}
        peers:
          - {name: a, zone: north, rpc: "http://127.0.0.1:1", gateway: "http://127.0.0.1:1"}
        sites:
          url: "https://127.0.0.1:1"
          signing-key-file: %s
          groups: [{name: shops}]
        """
                .formatted(
                    folder.resolve("home"), port, ports.getLast(), folder.resolve("signing.pem"))
            + kafka.settings(USER));
  }

  @Test
  void thePageShowsAndDecidesEverythingWithTheRightsThatArePrinted() throws Exception {
    Eventually.await("all is read", () -> now().at("/known/value/images").asInt() == 1);
    Eventually.await("sites are read", () -> now().at("/sites/count").asInt() == 1);
    Eventually.await("all is found out", () -> isFoundOut(now()));
    JsonNode now = now();
    for (String part : List.of("known", "sites", "status", "guards", "peers")) {
      assertThat(now.path(part).path("problem").isNull()).as("%s: %s", part, now).isTrue();
    }
    assertThat(now.at("/status/value/lag")).hasSize(3);
    asksAgainWithoutOpeningAClient();
    assertThat(post("/api/decide", "hold").path("outcome").asText()).isNotEmpty();
    Eventually.await(
        "the decision came back", () -> get("/api/decisions").toString().contains("a new disk"));
    assertThat(get("/api/failures").isObject()).isTrue();

    takeAway(ResourceType.GROUP, PREFIX + "pinner", AclOperation.DESCRIBE);

    Eventually.await(
        "the page says what it may not see",
        () -> now().at("/status/problem").asText().contains("pinner"));
    assertThat(now().at("/status/problem").asText()).endsWith(RIGHTS);
    takeAway(ResourceType.TOPIC, Topic.DECISIONS.name(PREFIX), AclOperation.WRITE);
    assertThat(post("/api/decide", "drain").at("/error/message").asText())
        .contains("Not authorized", Topic.DECISIONS.name(PREFIX))
        .endsWith(RIGHTS);
  }

  /** Opening an admin client and a consumer takes more than what they ask. */
  private void asksAgainWithoutOpeningAClient() {
    Eventually.await(
        "Kafka is asked by the same clients",
        () -> {
          int before = opened();
          String at = now().at("/status/at").asText();
          Eventually.await("again", () -> !now().at("/status/at").asText().equals(at));
          return opened() == before + 1;
        });
  }

  /** Kafka counts a process's admin clients in their names: this opens another one. */
  private static int opened() {
    try (Admin _ = Admin.create(kafka.broker().connection(KafkaBroker.ADMIN))) {
      return Thread.getAllStackTraces().keySet().stream()
          .map(Thread::getName)
          .filter(name -> name.startsWith(ADMIN_CLIENT))
          .mapToInt(name -> Integer.parseInt(name.substring(ADMIN_CLIENT.length())))
          .max()
          .orElseThrow();
    }
  }

  private static boolean isFoundOut(JsonNode now) {
    return List.of("known", "sites", "status", "guards", "peers").stream()
        .noneMatch(part -> now.path(part).path("at").isNull());
  }

  private static void takeAway(ResourceType kind, String name, AclOperation operation)
      throws Exception {
    AclBindingFilter right =
        new AclBindingFilter(
            new ResourcePatternFilter(kind, name, PatternType.LITERAL),
            new AccessControlEntryFilter("User:" + USER, null, operation, AclPermissionType.ALLOW));
    assertThat(
            kafka
                .admin()
                .deleteAcls(List.of(right))
                .all()
                .get(LIMIT.toMillis(), TimeUnit.MILLISECONDS))
        .as("it was given")
        .isNotEmpty();
  }

  private JsonNode now() {
    return get("/api/now");
  }

  private JsonNode get(String path) {
    return send(request(path).build());
  }

  private JsonNode post(String path, String action) {
    String wish =
        "{\"action\": \"%s\", \"subject\": \"a\", \"reason\": \"a new disk\"}".formatted(action);
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(wish))
            .build());
  }

  private static HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).timeout(LIMIT);
  }

  private JsonNode send(HttpRequest request) {
    try {
      return mapper.readTree(client.send(request, HttpResponse.BodyHandlers.ofString()).body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts this test", e);
    }
  }
}
