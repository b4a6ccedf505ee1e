package dev.longshore.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Hint;
import dev.longshore.model.Digest;
import dev.longshore.runtime.edge.access.CredentialSettings;
import dev.longshore.runtime.edge.access.ListenerSettings;
import dev.longshore.runtime.edge.http.EdgeOptions;
import dev.longshore.runtime.edge.http.HttpEdge;
import dev.longshore.runtime.service.telemetry.LogFormat;
import dev.longshore.runtime.service.telemetry.LogLevel;
import dev.longshore.runtime.service.telemetry.Telemetry;
import dev.longshore.runtime.service.telemetry.TelemetrySettings;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.settings.Secret;
import dev.longshore.settings.value.Listen;
import dev.longshore.testing.ManualClock;
import dev.longshore.watcher.sender.Distribution;
import dev.longshore.watcher.sender.DistributionEvents;
import io.opentelemetry.api.OpenTelemetry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhooksTest {
  private static final String TOKEN = "a-shared-token";
  private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  private final List<Hint> stored = new CopyOnWriteArrayList<>();
  private final List<String> audited = new CopyOnWriteArrayList<>();
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client = HttpClient.newHttpClient();
  private final Telemetry telemetry =
      Telemetry.start(
          "longshore-watcher",
          "test",
          "main",
          new TelemetrySettings(null, LogFormat.PLAIN, LogLevel.INFO),
          List.of());
  private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private volatile boolean kafkaIsAway;
  private HttpEdge edge;

  @BeforeEach
  void listen() throws Exception {
    CredentialSettings credentials = new CredentialSettings(null, null, new Secret(TOKEN));
    edge =
        new HttpEdge(
            vertx,
            EdgeOptions.of(
                "webhooks", ListenerSettings.asking(Listen.parse("127.0.0.1:0"), credentials)),
            List.of(
                new Webhooks(
                        this::store,
                        Map.of("dev", new WebhookSource(new Distribution("distribution"), null)),
                        new Deliveries(clock),
                        telemetry.openTelemetry().getMeter("test"),
                        clock)
                    .route()),
            OpenTelemetry.noop(),
            (entry, _) -> audited.add(String.valueOf(entry.repository())));
    edge.start();
  }

  @AfterEach
  void close() throws Exception {
    edge.stop(Duration.ofSeconds(1));
    telemetry.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void answersOnceTheHintIsStoredAsItCame() throws Exception {
    String body = push("v1");

    assertThat(post(body, TOKEN)).isEqualTo(202);

    assertThat(stored)
        .singleElement()
        .satisfies(
            hint -> {
              assertThat(hint.source()).isEqualTo("dev");
              assertThat(hint.key()).isEqualTo("dev/team/app");
              assertThat(hint.contentType()).isEqualTo(DistributionEvents.V2);
              assertThat(hint.bytes()).isEqualTo(body.getBytes(StandardCharsets.UTF_8));
              assertThat(hint.truncated()).isFalse();
            });
  }

  @Test
  void storesWhatItCannotReadTooSoThatTheRegistryDoesNotRepeatItForEver() throws Exception {
    assertThat(post("no json", TOKEN)).isEqualTo(202);

    assertThat(stored).singleElement().satisfies(hint -> assertThat(hint.key()).isEqualTo("dev"));
    assertThat(counted("malformed")).isEqualTo("1");
    assertThat(counted("hint")).isEqualTo("0");
  }

  @Test
  void storesAndCountsWhatComesUnderANameThatNoRegistryHas() throws Exception {
    assertThat(post("other", push("v1"), TOKEN)).isEqualTo(202);

    assertThat(stored)
        .singleElement()
        .satisfies(hint -> assertThat(hint.key()).startsWith("other"));
    assertThat(counted("malformed")).isEqualTo("1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pull", "mount", "something-new"})
  void storesNothingOfReadsAndMounts(String action) throws Exception {
    String read =
        WatchedHub.notification(
            action, "team/app", MANIFEST, Digest.of(new byte[] {1}).toString(), "v1");

    assertThat(post(read, TOKEN)).isEqualTo(202);

    assertThat(stored).isEmpty();
    assertThat(counted("nothing")).isEqualTo("1");
  }

  @Test
  void storesNothingOfPushedBlobs() throws Exception {
    String blob =
        WatchedHub.notification(
            "push",
            "team/app",
            "application/octet-stream",
            Digest.of(new byte[] {1}).toString(),
            null);

    assertThat(post(blob, TOKEN)).isEqualTo(202);

    assertThat(stored).isEmpty();
  }

  @Test
  void storesAnEnvelopeWithAPushAmongReads() throws Exception {
    String pull = event("pull", "v1");
    String envelope = "{\"events\": [" + pull + "," + event("push", "v2") + "," + pull + "]}";

    assertThat(post(envelope, TOKEN)).isEqualTo(202);

    assertThat(stored).hasSize(1);
    assertThat(counted("hint")).isEqualTo("1");
  }

  @Test
  void anEnvelopeIsAboutTheRepositoryOfItsFirstEventWhateverThatIs() throws Exception {
    String pull = event("pull", "v1");
    String malformed = event("push", "no tag").replace("team/app", "team/other");

    assertThat(post("{\"events\": [" + pull + "]}", TOKEN)).isEqualTo(202);
    assertThat(post("{\"events\": [" + pull + "," + malformed + "]}", TOKEN)).isEqualTo(202);
    assertThat(post("{\"events\": [" + malformed + "," + pull + "]}", TOKEN)).isEqualTo(202);
    assertThat(post("{\"events\": [" + pull.replace("team/app", "TEAM") + "]}", TOKEN))
        .isEqualTo(202);

    assertThat(stored).extracting(Hint::repository).containsExactly("team/app", "team/other");
    Eventually.await("the entries of the audit log", () -> audited.size() == 4);
    assertThat(audited).containsExactlyInAnyOrder("team/app", "team/app", "team/other", "");
  }

  @Test
  void refusesWrongCredentialsAndStoresNothing() throws Exception {
    assertThat(post("{}", "another-token")).isEqualTo(401);
    assertThat(post("{}", "")).isEqualTo(401);

    assertThat(stored).isEmpty();
  }

  @Test
  void asksTheSenderToRepeatWhileKafkaIsAway() throws Exception {
    kafkaIsAway = true;
    assertThat(post("{}", TOKEN)).isEqualTo(503);

    kafkaIsAway = false;
    assertThat(post("{}", TOKEN)).isEqualTo(202);
    assertThat(stored).hasSize(1);
  }

  @Test
  void keepsTheBeginningOfABodyThatIsTooLongForAnEvent() throws Exception {
    assertThat(post("x".repeat(Hint.BODY_LIMIT + 1), TOKEN)).isEqualTo(202);

    assertThat(stored)
        .singleElement()
        .satisfies(
            hint -> {
              assertThat(hint.truncated()).isTrue();
              assertThat(hint.bytes()).hasSize(Hint.BODY_LIMIT);
            });
  }

  private void store(Hint hint) throws HintNotStoredException {
    if (kafkaIsAway) {
      throw new HintNotStoredException("kafka is away", new IOException("as the test asked"));
    }
    stored.add(hint);
  }

  private static String push(String tag) {
    return WatchedHub.notification(
        "push", "team/app", MANIFEST, Digest.of(new byte[] {1}).toString(), tag);
  }

  private static String event(String action, String tag) {
    String envelope =
        WatchedHub.notification(
            action, "team/app", MANIFEST, Digest.of(new byte[] {1}).toString(), tag);
    return envelope.substring(envelope.indexOf('[') + 1, envelope.lastIndexOf(']'));
  }

  /** The counter's value as text; empty if it never counted. */
  private String counted(String result) {
    Matcher line =
        Pattern.compile(
                "(?m)^longshore_watcher_notifications_total\\{[^}]*result=\""
                    + result
                    + "\"[^}]*} (\\d+)")
            .matcher(telemetry.metrics().render());
    return line.find() ? line.group(1) : "";
  }

  private int post(String body, String token) throws Exception {
    return post("dev", body, token);
  }

  private int post(String source, String body, String token) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://" + edge.address() + "/hooks/" + source))
            .timeout(Duration.ofSeconds(10))
            .header("Content-Type", DistributionEvents.V2)
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
  }
}
