package dev.longshore.watcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.events.Audited;
import dev.longshore.events.Hint;
import dev.longshore.events.Proof;
import dev.longshore.model.RegistryHost;
import dev.longshore.runtime.edge.access.CredentialSettings;
import dev.longshore.runtime.edge.access.ListenerSettings;
import dev.longshore.runtime.edge.http.EdgeOptions;
import dev.longshore.runtime.edge.http.HttpEdge;
import dev.longshore.runtime.service.telemetry.LogFormat;
import dev.longshore.runtime.service.telemetry.LogLevel;
import dev.longshore.runtime.service.telemetry.RecordedSpans;
import dev.longshore.runtime.service.telemetry.Telemetry;
import dev.longshore.runtime.service.telemetry.TelemetrySettings;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.settings.Secret;
import dev.longshore.settings.value.Listen;
import dev.longshore.testing.ManualClock;
import dev.longshore.watcher.Deliveries.Outcome;
import dev.longshore.watcher.Deliveries.Seen;
import dev.longshore.watcher.sender.Sender;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every sender over HTTP, with the proof that it can give, without it, and with nonsense. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SenderWebhooksTest {
  private static final String TOKEN = "the-token-of-the-listener";
  private static final String SECRET = Golden.SECRET.reveal();
  private static final RegistryHost HOST = new RegistryHost("registry.example.com");

  private final List<Hint> stored = new CopyOnWriteArrayList<>();
  private final List<Audited> audited = new CopyOnWriteArrayList<>();
  private final RecordedSpans spans = new RecordedSpans(1_000);
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client = HttpClient.newHttpClient();
  private final ManualClock clock = new ManualClock(Instant.parse("2026-03-04T10:00:00Z"));
  private final Deliveries deliveries = new Deliveries(clock);
  private final Map<String, WebhookSource> sources = sources();
  private final Telemetry telemetry =
      Telemetry.start(
          "longshore-watcher",
          "test",
          "main",
          new TelemetrySettings(null, LogFormat.PLAIN, LogLevel.ERROR),
          List.of(spans));
  private HttpEdge edge;

  private static Map<String, WebhookSource> sources() {
    Map<String, WebhookSource> sources = new HashMap<>();
    Golden.all()
        .map(Golden::sender)
        .distinct()
        .forEach(
            name ->
                sources.put(
                    name, new WebhookSource(Sender.of(Golden.settings(name)), new Secret(SECRET))));
    sources.put("without", new WebhookSource(Sender.of(Golden.settings("harbor")), null));
    return sources;
  }

  @BeforeAll
  void listen() throws Exception {
    edge =
        new HttpEdge(
            vertx,
            EdgeOptions.of(
                    "webhooks",
                    ListenerSettings.asking(
                        Listen.parse("127.0.0.1:0"),
                        new CredentialSettings(null, null, new Secret(TOKEN))))
                .withMaxBodyBytes(8 << 20),
            List.of(
                new Webhooks(
                        stored::add,
                        sources,
                        deliveries,
                        telemetry.openTelemetry().getMeter("test"),
                        clock)
                    .route()),
            telemetry.openTelemetry(),
            (entry, _) -> audited.add(entry));
    edge.start();
  }

  @BeforeEach
  void forget() {
    stored.clear();
  }

  @AfterAll
  void close() throws Exception {
    edge.stop(Duration.ofSeconds(1));
    telemetry.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  static Stream<Golden> goldens() {
    return Golden.all();
  }

  static Stream<Golden> oneOfEachSender() {
    return Golden.all()
        .collect(Collectors.toMap(Golden::sender, golden -> golden, (first, _) -> first))
        .values()
        .stream();
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void aSenderIsAdmittedByItsOwnProofAndLeadsToLooks(Golden golden) throws Exception {
    assertThat(post(golden, golden.body(), proof(golden, golden.body()))).isEqualTo(202);

    List<String> looks =
        stored.stream().flatMap(hint -> looks(golden, hint).stream()).distinct().toList();
    assertThat(looks).hasSameSizeAs(golden.tells());
    assertThat(stored).allSatisfy(hint -> assertThat(hint.key()).startsWith(golden.sender() + "/"));
    assertThat(seen().outcome()).isEqualTo(looks.isEmpty() ? Outcome.NOTHING : Outcome.HINT);
  }

  /** As a service reads it later: with the host of the configured registry. */
  private List<String> looks(Golden golden, Hint hint) {
    try {
      return new HintReader(HOST, sources.get(golden.sender()).sender())
          .read(hint).stream()
              .map(
                  target -> {
                    assertThat(target.name().host()).isEqualTo(HOST);
                    return target.toString();
                  })
              .toList();
    } catch (MalformedHintException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @MethodSource("oneOfEachSender")
  void whoeverProvesNothingIsRefusedAndCounted(Golden golden) throws Exception {
    double before = counted("refused", golden.form().name(), "");

    assertThat(post(golden, golden.body(), Map.of())).isEqualTo(401);
    assertThat(post(golden, golden.body(), Map.of("Authorization", "Bearer wrong"))).isEqualTo(401);

    assertThat(stored).isEmpty();
    assertThat(counted("refused", golden.form().name(), "")).isEqualTo(before + 2);
    assertThat(seen().outcome()).isEqualTo(Outcome.REFUSED);
    assertThat(seen().registry()).isEqualTo(golden.sender());
  }

  @ParameterizedTest
  @ValueSource(strings = {"github-package", "gitea-created", "nexus-created"})
  void aSignatureOfAnotherBodyOrByAnotherSecretIsRefused(String file) throws Exception {
    Golden golden = Golden.named(file);
    byte[] forged =
        new String(golden.body(), StandardCharsets.UTF_8)
            .replace("crane", "forge")
            .getBytes(StandardCharsets.UTF_8);

    assertThat(post(golden, forged, proof(golden, golden.body()))).isEqualTo(401);
    assertThat(post(golden, golden.body(), signed(golden, golden.body(), "another")))
        .isEqualTo(401);

    assertThat(stored).isEmpty();
    assertThat(seen().what()).contains("signature is not of this body");
    Eventually.await(
        "it is audited as a stranger's",
        () ->
            audited.stream()
                .anyMatch(
                    entry ->
                        entry.target().equals("/hooks/" + golden.sender())
                            && entry.status().equals("401")
                            && entry.proof() == Proof.NONE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sha1=0000000000000000000000000000000000000000",
        "sha256=00",
        "sha256=",
        "0",
        "sha256=zz00000000000000000000000000000000000000000000000000000000000000"
      })
  void whatIsNoSignatureIsRefusedBeforeTheBodyIsRead(String shown) throws Exception {
    Golden golden = Golden.named("github-package");

    assertThat(post(golden, golden.body(), Map.of("X-Hub-Signature-256", shown))).isEqualTo(401);

    assertThat(stored).isEmpty();
    assertThat(seen().what()).contains("neither the secret nor a signature");
  }

  @Test
  void aStrangersBodyIsHeldUpToAMegabyte() throws Exception {
    Golden golden = Golden.named("github-package");
    byte[] body = new byte[(1 << 20) + 1];

    assertThat(post(golden, body, signed(golden, body, SECRET))).isEqualTo(413);
    assertThat(post(golden, body, Map.of("Authorization", "Bearer " + TOKEN))).isEqualTo(202);
  }

  @ParameterizedTest
  @MethodSource("oneOfEachSender")
  void nonsenseIsConfirmedCountedAndNamed(Golden golden) throws Exception {
    String sender = golden.form().name();
    double before = counted("not_understood", sender, "body");

    assertThat(post(golden, "{".getBytes(StandardCharsets.UTF_8), listener())).isEqualTo(202);

    assertThat(counted("not_understood", sender, "body")).isEqualTo(before + 1);
    assertThat(deliveries.notUnderstood().getLast())
        .satisfies(
            seen -> {
              assertThat(seen.registry()).isEqualTo(golden.sender());
              assertThat(seen.sender()).isEqualTo(sender);
              assertThat(seen.what()).contains("no JSON");
            });
    assertThat(stored).hasSize(1); // a dead letter, to be replayed
  }

  @Test
  void anEventOfAnUnknownKindIsNamedAndNotStored() throws Exception {
    Golden golden = Golden.named("gitea-created");

    assertThat(post(golden, Golden.bytes("gitea-push"), listener())).isEqualTo(202);

    assertThat(stored).isEmpty();
    assertThat(seen().outcome()).isEqualTo(Outcome.NOT_UNDERSTOOD);
    assertThat(seen().what()).contains("the event Package alone");
  }

  @Test
  void whatWasNotUnderstoodIsReadWhenItIsReplayedAfterACorrection() throws Exception {
    post("artifact-registry", "application/json", Golden.bytes("nexus-created"), listener());
    Hint dead = stored.getFirst();
    Sender corrected = Sender.of(Golden.settings("nexus"));

    assertThat(new HintReader(HOST, corrected).read(dead))
        .extracting(target -> target.name().repository())
        .containsExactly("dock/crane");
  }

  @Test
  void ofABatchWhatWasNotUnderstoodBecomesADeadLetterThoughTheRestWas() throws Exception {
    String event =
        "{\"specversion\":\"1.0\",\"type\":\"zotregistry.image.updated\",\"data\":{\"name\":\"%s\",\"reference\":\"v1\"}}";
    String batch = "[" + event.formatted("dock/crane") + "," + event.formatted("") + "]";

    post("zot", "application/cloudevents-batch+json", bytes(batch), listener());

    assertThat(stored).hasSize(2);
    assertThat(looks(Golden.named("zot-updated"), stored.getFirst())).hasSize(1);
    assertThatThrownBy(
            () -> new HintReader(HOST, sources.get("zot").sender()).read(stored.getLast()))
        .isInstanceOf(MalformedHintException.class)
        .hasMessageContaining("names no repository");
  }

  @Test
  void aCloudEventInHeadersIsReadWhenItIsReplayedAfterACorrection() throws Exception {
    Golden golden = Golden.named("zot-updated-binary");
    Map<String, String> headers = new HashMap<>(golden.headers());
    headers.putAll(listener());

    post("dockerhub", golden.contentType(), golden.body(), headers);

    assertThat(stored).hasSize(1);
    assertThat(looks(golden, stored.getFirst())).hasSameSizeAs(golden.tells());
  }

  @Test
  void whatIsNotUnderstoodAndTooLongToKeepIsOnlyCountedAndNamed() throws Exception {
    double before = counted("not_understood", "harbor", "body");

    assertThat(post("harbor", "application/json", new byte[Hint.BODY_LIMIT + 1], listener()))
        .isEqualTo(202);

    assertThat(stored).isEmpty();
    assertThat(counted("not_understood", "harbor", "body")).isEqualTo(before + 1);
    assertThat(seen().outcome()).isEqualTo(Outcome.NOT_UNDERSTOOD);
  }

  @Test
  void hintsAreKeptInTheFormThatEveryReleaseReads() throws Exception {
    Golden golden = Golden.named("harbor-push");

    post(golden, golden.body(), listener());

    assertThat(stored)
        .singleElement()
        .satisfies(
            hint -> {
              assertThat(hint.key()).isEqualTo("harbor/dock/crane");
              assertThat(hint.contentType())
                  .isEqualTo("application/vnd.docker.distribution.events.v2+json");
              assertThat(Golden.shortened(new String(hint.bytes(), StandardCharsets.UTF_8)))
                  .isEqualTo(
                      "{\"events\":[{\"action\":\"push\",\"timestamp\":\"2026-03-04T10:00:00Z\",\"target\":{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"repository\":\"dock/crane\",\"tag\":\"v3\",\"digest\":\"D1\"}}]}");
            });
  }

  @Test
  void aNotificationOfManyRepositoriesBecomesAHintForEach() throws Exception {
    StringBuilder batch = new StringBuilder("[");
    for (int i = 0; i < 300; i++) {
      batch
          .append(i == 0 ? "" : ",")
          .append(
              "{\"specversion\":\"1.0\",\"type\":\"zotregistry.image.updated\",\"data\":{\"name\":\"dock/n%d\",\"reference\":\"v%d\"}}"
                  .formatted(i % 3, i));
    }

    int status =
        post(
            "zot",
            "application/cloudevents-batch+json",
            batch.append("]").toString().getBytes(StandardCharsets.UTF_8),
            listener());

    assertThat(status).isEqualTo(202);
    assertThat(stored).hasSize(6);
    assertThat(stored.stream().map(Hint::key).distinct())
        .containsExactlyInAnyOrder("zot/dock/n0", "zot/dock/n1", "zot/dock/n2");
    assertThat(
            stored.stream().mapToInt(hint -> looks(Golden.named("zot-updated"), hint).size()).sum())
        .isEqualTo(300);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer %s", "Basic user"})
  void theSecretOpensItsOwnWebhookAlone(String form) throws Exception {
    String value =
        form.startsWith("Bearer")
            ? form.formatted(SECRET)
            : "Basic "
                + Base64.getEncoder()
                    .encodeToString(("anyone:" + SECRET).getBytes(StandardCharsets.UTF_8));
    Golden golden = Golden.named("harbor-push");

    assertThat(post(golden, golden.body(), Map.of("Authorization", value))).isEqualTo(202);
    assertThat(post("without", "application/json", golden.body(), Map.of("Authorization", value)))
        .isEqualTo(401);
    assertThat(post("nobody", "application/json", golden.body(), Map.of("Authorization", value)))
        .isEqualTo(401);
    Eventually.await(
        "it is audited by name",
        () -> audited.stream().anyMatch(entry -> entry.caller().equals("sender of harbor")));
  }

  @Test
  void aSecretInTheAddressOpensItAndAppearsNowhere() throws Exception {
    byte[] body = Golden.bytes("dockerhub-push");
    String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    Map<String, String> traced = Map.of("traceparent", "00-" + trace + "-00f067aa0ba902b7-01");
    Map<String, String> known = new HashMap<>(traced);
    known.putAll(listener());

    assertThat(post("dockerhub/" + SECRET, "application/json", body, traced)).isEqualTo(202);
    assertThat(post("dockerhub/guess-0815", "application/json", body, traced)).isEqualTo(401);
    assertThat(post("unknown/guess-0815", "application/json", body, traced)).isEqualTo(401);
    assertThat(post("/guess-0815", "application/json", body, traced)).isEqualTo(401);
    assertThat(post("guess-0815", "application/json", body, traced)).isEqualTo(401);
    assertThat(post("dockerhub/guess-0815", "application/json", body, known)).isEqualTo(202);

    Eventually.await(
        "all are audited",
        () -> audited.stream().filter(entry -> entry.target().endsWith("/***")).count() >= 6);
    assertThat(audited.toString()).doesNotContain(SECRET, "guess-0815");
    assertThat(
            spans.await(trace, recorded -> recorded.size() >= 2, Duration.ofSeconds(10)).toString())
        .contains("/hooks/dockerhub/***")
        .doesNotContain(SECRET, "guess-0815");
    assertThat(deliveries.last().toString()).doesNotContain(SECRET, "guess-0815");
    assertThat(stored)
        .hasSize(2)
        .allSatisfy(hint -> assertThat(hint.source()).isEqualTo("dockerhub"));
  }

  /** As if a sender that has the listener's token too were given a wrong name. */
  @Test
  void aSecretBehindANameThatNoRegistryHasIsNotKept() throws Exception {
    byte[] body = Golden.bytes("dockerhub-push");

    assertThat(post("typo/guess-0815", "application/json", body, listener())).isEqualTo(202);

    assertThat(stored)
        .singleElement()
        .satisfies(hint -> assertThat(hint.source()).isEqualTo("typo"));
    assertThat(seen().registry()).isEqualTo("typo");
    assertThat(seen().outcome()).isEqualTo(Outcome.NOT_UNDERSTOOD);
    assertThat(seen().what()).contains("no registry has this name");
  }

  /** The handshake of CloudEvents' webhooks, section 4 of their specification. */
  @Test
  void aSenderIsToldThatItMaySendIfItShowsTheSecret() throws Exception {
    for (String secret : List.of(SECRET, "wrong")) {
      HttpResponse<Void> answer =
          client.send(
              HttpRequest.newBuilder(
                      URI.create("http://" + edge.address() + "/hooks/acr-event-grid/" + secret))
                  .timeout(Duration.ofSeconds(10))
                  .header("WebHook-Request-Origin", "eventgrid.azure.net")
                  .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                  .build(),
              HttpResponse.BodyHandlers.discarding());

      boolean right = secret.equals(SECRET);
      assertThat(answer.statusCode()).isEqualTo(right ? 204 : 401);
      assertThat(answer.headers().firstValue("WebHook-Allowed-Origin").isPresent())
          .isEqualTo(right);
    }
    assertThat(stored).isEmpty();
  }

  @Test
  void onlyTheLastNotificationsAreKept() throws Exception {
    for (int i = 0; i < Deliveries.KEPT + 5; i++) {
      deliveries.add("core", "harbor", Outcome.HINT, "x".repeat(10_000) + "\u001b[2J");
    }

    assertThat(deliveries.last()).hasSize(Deliveries.KEPT);
    assertThat(seen().what()).hasSize(Deliveries.LONGEST + 3);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private Seen seen() {
    return deliveries.last().getLast();
  }

  private static Map<String, String> listener() {
    return Map.of("Authorization", "Bearer " + TOKEN);
  }

  /** What this sender can show. */
  private static Map<String, String> proof(Golden golden, byte[] body) throws Exception {
    return switch (golden.sender()) {
      case "github", "gitea", "nexus" -> signed(golden, body, SECRET);
      case "dockerhub", "quay", "artifact-registry" -> Map.of("path", SECRET);
      case "ecr" ->
          Map.of(
              "Authorization",
              "Basic "
                  + Base64.getEncoder()
                      .encodeToString(("aws:" + SECRET).getBytes(StandardCharsets.UTF_8)));
      case "distribution" -> listener();
      default -> Map.of("Authorization", "Bearer " + SECRET);
    };
  }

  private static Map<String, String> signed(Golden golden, byte[] body, String key)
      throws Exception {
    return switch (golden.sender()) {
      case "github" -> Map.of("X-Hub-Signature-256", "sha256=" + hmac("HmacSHA256", key, body));
      case "gitea" -> Map.of("X-Gitea-Signature", hmac("HmacSHA256", key, body));
      default ->
          Map.of(
              "X-Nexus-Webhook-Signature",
              hmac(
                  "HmacSHA1",
                  key,
                  new String(body, StandardCharsets.UTF_8)
                      .replaceAll("[ \n]+", "")
                      .getBytes(StandardCharsets.UTF_8)));
    };
  }

  private static String hmac(String algorithm, String key, byte[] body) throws Exception {
    Mac mac = Mac.getInstance(algorithm);
    mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), algorithm));
    return HexFormat.of().formatHex(mac.doFinal(body));
  }

  private int post(Golden golden, byte[] body, Map<String, String> proof) throws Exception {
    Map<String, String> headers = new HashMap<>(golden.headers());
    headers.putAll(proof);
    String secret = headers.remove("path");
    String path = golden.sender() + (secret == null ? "" : "/" + secret);
    return post(path, golden.contentType(), body, headers);
  }

  private int post(String path, String type, byte[] body, Map<String, String> headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://" + edge.address() + "/hooks/" + path))
            .timeout(Duration.ofSeconds(10))
            .header("Content-Type", type)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    headers.forEach(request::header);
    return client.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  private double counted(String counter, String sender, String reason) {
    Matcher line =
        Pattern.compile(
                "(?m)^longshore_watcher_notifications_%s_total\\{(?=[^}]*sender=\"%s\")(?=[^}]*%s)[^}]*} (\\S+)"
                    .formatted(
                        counter, sender, reason.isEmpty() ? "" : "reason=\"" + reason + "\""))
            .matcher(telemetry.metrics().render());
    return line.find() ? Double.parseDouble(line.group(1)) : Double.NaN;
  }
}
