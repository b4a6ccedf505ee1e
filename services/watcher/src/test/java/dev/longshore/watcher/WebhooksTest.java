package dev.longshore.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Hint;
import dev.longshore.oci.Digest;
import dev.longshore.runtime.config.CredentialSettings;
import dev.longshore.runtime.config.Listen;
import dev.longshore.runtime.config.ListenerSettings;
import dev.longshore.runtime.config.Secret;
import dev.longshore.runtime.http.EdgeOptions;
import dev.longshore.runtime.http.HttpEdge;
import dev.longshore.testing.ManualClock;
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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WebhooksTest {
  private static final String TOKEN = "a-shared-token";
  private final List<Hint> stored = new CopyOnWriteArrayList<>();
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client = HttpClient.newHttpClient();
  private volatile boolean kafkaIsAway;
  private HttpEdge edge;

  @BeforeEach
  void listen() throws Exception {
    CredentialSettings credentials = new CredentialSettings(null, null, new Secret(TOKEN));
    edge =
        new HttpEdge(
            vertx,
            EdgeOptions.of(
                "webhooks", new ListenerSettings(Listen.parse("127.0.0.1:0"), credentials)),
            List.of(
                new Webhooks(this::store, new ManualClock(Instant.parse("2026-01-01T00:00:00Z")))
                    .route()),
            OpenTelemetry.noop());
    edge.start();
  }

  @AfterEach
  void close() throws Exception {
    edge.stop(Duration.ofSeconds(1));
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void answersOnceTheHintIsStoredAsItCame() throws Exception {
    String body =
        WatchedHub.notification(
            "push",
            "team/app",
            "application/vnd.oci.image.manifest.v1+json",
            Digest.of(new byte[] {1}).toString(),
            "v1");

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

  private int post(String body, String token) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://" + edge.address() + "/hooks/dev"))
            .timeout(Duration.ofSeconds(10))
            .header("Content-Type", DistributionEvents.V2)
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
  }
}
