package dev.longshore.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Audited;
import dev.longshore.events.Hint;
import dev.longshore.model.RegistryHost;
import dev.longshore.runtime.config.JsonMapping;
import dev.longshore.runtime.config.NotificationFormat;
import dev.longshore.runtime.config.NotificationSettings;
import dev.longshore.runtime.edge.access.CredentialSettings;
import dev.longshore.runtime.edge.access.ListenerSettings;
import dev.longshore.runtime.edge.http.EdgeOptions;
import dev.longshore.runtime.edge.http.HttpEdge;
import dev.longshore.runtime.service.telemetry.LogFormat;
import dev.longshore.runtime.service.telemetry.LogLevel;
import dev.longshore.runtime.service.telemetry.RecordedSpans;
import dev.longshore.runtime.service.telemetry.Telemetry;
import dev.longshore.runtime.service.telemetry.TelemetrySettings;
import dev.longshore.settings.Secret;
import dev.longshore.settings.value.Listen;
import dev.longshore.testing.ManualClock;
import dev.longshore.watcher.Deliveries.Seen;
import dev.longshore.watcher.sender.Sender;
import io.vertx.core.Vertx;
import java.io.IOException;
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
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A listener with a webhook for each sender, and what it stored, counted and audited. */
final class SenderBed implements AutoCloseable {
  static final String TOKEN = "the-token-of-the-listener";
  static final String SECRET = Golden.SECRET.reveal();
  static final RegistryHost HOST = new RegistryHost("registry.example.com");

  final List<Hint> stored = new CopyOnWriteArrayList<>();
  final List<Audited> audited = new CopyOnWriteArrayList<>();
  final RecordedSpans spans = new RecordedSpans(1_000);
  final Vertx vertx = Vertx.vertx();
  final HttpClient client = HttpClient.newHttpClient();
  final ManualClock clock = new ManualClock(Instant.parse("2026-03-04T10:00:00Z"));
  final Deliveries deliveries = new Deliveries(clock);
  final Map<String, WebhookSource> sources = sources();
  final Telemetry telemetry =
      Telemetry.start(
          "longshore-watcher",
          "test",
          "main",
          new TelemetrySettings(null, LogFormat.PLAIN, LogLevel.ERROR),
          List.of(spans));
  volatile boolean kafkaIsAway;
  HttpEdge edge;

  static Map<String, WebhookSource> sources() {
    Map<String, WebhookSource> sources = new HashMap<>();
    Golden.all()
        .map(Golden::sender)
        .distinct()
        .forEach(
            name ->
                sources.put(
                    name, new WebhookSource(Sender.of(Golden.settings(name)), new Secret(SECRET))));
    JsonMapping headers =
        new JsonMapping(
            null,
            null,
            "/name",
            "/tag",
            null,
            List.of(),
            null,
            List.of(),
            List.of(),
            List.of(),
            "X-Own-Secret",
            "X-Own-Signature");
    for (NotificationFormat form :
        List.of(NotificationFormat.JSON, NotificationFormat.CLOUDEVENTS)) {
      sources.put(
          "headers-" + form.text(),
          new WebhookSource(
              Sender.of(new NotificationSettings(form, new Secret(SECRET), headers)),
              new Secret(SECRET)));
    }
    sources.put("without", new WebhookSource(Sender.of(Golden.settings("harbor")), null));
    return sources;
  }

  /** As a service reads it later: with the host of the configured registry. */
  List<String> looks(Golden golden, Hint hint) {
    if (RepositoryComparison.isAskedFor(hint)) {
      return List.of("all of " + hint.repository());
    }
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

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  Seen seen() {
    return deliveries.last().getLast();
  }

  static Map<String, String> listener() {
    return Map.of("Authorization", "Bearer " + TOKEN);
  }

  /** What this sender can show. */
  static Map<String, String> proof(Golden golden, byte[] body) throws Exception {
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

  static Map<String, String> signed(Golden golden, byte[] body, String key) throws Exception {
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

  static String hmac(String algorithm, String key, byte[] body) throws Exception {
    Mac mac = Mac.getInstance(algorithm);
    mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), algorithm));
    return HexFormat.of().formatHex(mac.doFinal(body));
  }

  int post(Golden golden, byte[] body, Map<String, String> proof) throws Exception {
    Map<String, String> headers = new HashMap<>(golden.headers());
    headers.putAll(proof);
    String secret = headers.remove("path");
    String path = golden.sender() + (secret == null ? "" : "/" + secret);
    return post(path, golden.contentType(), body, headers);
  }

  int post(String path, String type, byte[] body, Map<String, String> headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://" + edge.address() + "/hooks/" + path))
            .timeout(Duration.ofSeconds(10))
            .header("Content-Type", type)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    headers.forEach(request::header);
    return client.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  double counted(String counter, String sender, String reason) {
    Matcher line =
        Pattern.compile(
                "(?m)^longshore_watcher_notifications_%s_total\\{(?=[^}]*sender=\"%s\")(?=[^}]*%s)[^}]*} (\\S+)"
                    .formatted(
                        counter, sender, reason.isEmpty() ? "" : "reason=\"" + reason + "\""))
            .matcher(telemetry.metrics().render());
    return line.find() ? Double.parseDouble(line.group(1)) : Double.NaN;
  }

  void listen() throws Exception {
    listen(
        ListenerSettings.asking(
            Listen.parse("127.0.0.1:0"), new CredentialSettings(null, null, new Secret(TOKEN))));
  }

  void listen(ListenerSettings listener) throws Exception {
    edge =
        new HttpEdge(
            vertx,
            EdgeOptions.of("webhooks", listener).withMaxBodyBytes(8 << 20),
            List.of(
                new Webhooks(
                        this::store,
                        sources,
                        deliveries,
                        telemetry.openTelemetry().getMeter("test"),
                        clock)
                    .route()),
            telemetry.openTelemetry(),
            (entry, _) -> audited.add(entry));
    edge.start();
  }

  private void store(Hint hint) throws HintNotStoredException {
    if (kafkaIsAway) {
      throw new HintNotStoredException("Kafka is away", new IOException("connection refused"));
    }
    stored.add(hint);
  }

  void forget() {
    stored.clear();
    kafkaIsAway = false;
  }

  @Override
  public void close() throws Exception {
    edge.stop(Duration.ofSeconds(1));
    telemetry.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }
}
