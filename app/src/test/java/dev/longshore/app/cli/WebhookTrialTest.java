package dev.longshore.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.app.query.http.QueryRoutes;
import dev.longshore.app.settings.FollowedSettings.Staleness;
import dev.longshore.app.settings.Settings;
import dev.longshore.catalog.Catalog;
import dev.longshore.events.Hint;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.runtime.config.NotificationFormat;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.edge.audit.AuditSink;
import dev.longshore.runtime.edge.http.EdgeOptions;
import dev.longshore.runtime.edge.http.HttpEdge;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.settings.ConfigLoader;
import dev.longshore.settings.ConfigSources;
import dev.longshore.watcher.CatalogBarrier;
import dev.longshore.watcher.WatcherService;
import io.opentelemetry.api.OpenTelemetry;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code webhook --test} beside a watcher to which each sender sends what its maker documents. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class WebhookTrialTest {
  private static final Path PAYLOADS = Path.of("../services/watcher/src/test/resources/senders");
  private static final String SECRET = "of-this-sender-alone";

  /** What each sends of a push. */
  private static final Map<NotificationFormat, String> PUSHES =
      Map.of(
          NotificationFormat.DISTRIBUTION, "distribution-push",
          NotificationFormat.GITLAB, "gitlab-push",
          NotificationFormat.HARBOR, "harbor-push",
          NotificationFormat.ZOT, "zot-updated",
          NotificationFormat.DOCKERHUB, "dockerhub-push",
          NotificationFormat.QUAY, "quay-push",
          NotificationFormat.GITHUB, "github-package",
          NotificationFormat.GITEA, "gitea-created",
          NotificationFormat.CLOUDEVENTS, "cdevents-published",
          NotificationFormat.JSON, "acr-push");

  private Path folder;
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client = HttpClient.newHttpClient();
  private final Catalog catalog = Catalog.inMemory(Clock.systemUTC());
  private final List<Hint> stored = new CopyOnWriteArrayList<>();
  private WatcherService watcher;
  private HttpEdge health;

  @BeforeAll
  void start(@TempDir Path given) throws Exception {
    folder = given;
    Settings settings =
        new ConfigLoader<>(Settings.class)
            .load(new ConfigSources(config(0), Map.of(), List.of()))
            .settings();
    watcher =
        new WatcherService(
            new ServiceContext(
                settings.shared(),
                catalog,
                new Endpoints(Clock.systemUTC(), (_, _) -> {}, new Random(1)),
                OpenTelemetry.noop(),
                AuditSink.NONE,
                Clock.systemUTC()),
            settings.watcher(),
            List.of(),
            CatalogBarrier.AT_HAND,
            new InMemoryRegistry(),
            stored::add,
            _ -> {},
            vertx);
    watcher.webhooks().start();
    health =
        new HttpEdge(
            vertx,
            EdgeOptions.of("health", settings.shared().health()),
            QueryRoutes.of(
                () -> settings, () -> Staleness.NONE, () -> catalog, watcher.deliveries(), null),
            OpenTelemetry.noop());
    health.start();
  }

  @AfterAll
  void stop() throws Exception {
    health.stop(Duration.ofSeconds(1));
    watcher.webhooks().stop(Duration.ofSeconds(1));
    vertx.close().await();
    catalog.close();
  }

  @ParameterizedTest
  @EnumSource(NotificationFormat.class)
  void saysWhatArrivedAndWhatItWouldDo(NotificationFormat sender) throws Exception {
    stored.clear();

    Trial trial = trial(sender, () -> send(sender, SECRET, body(sender)));

    assertThat(trial.out())
        .as(trial.err())
        .contains("arrived   " + sender.text() + ": push of ")
        .containsPattern("would     look at " + sender.text() + "\\.example\\.com/[a-z/-]+:[a-z]+");
    assertThat(trial.code()).isZero();
    assertThat(stored)
        .isNotEmpty()
        .allSatisfy(hint -> assertThat(hint.source()).isEqualTo(sender.text()));
  }

  @ParameterizedTest
  @EnumSource(
      value = NotificationFormat.class,
      names = {"GITHUB", "QUAY", "HARBOR"})
  void saysThatTheSenderDidNotProveWhoItIs(NotificationFormat sender) throws Exception {
    Trial trial = trial(sender, () -> send(sender, "guessed", body(sender)));

    assertThat(trial.out()).startsWith("refused   " + sender.text() + ": ");
    assertThat(trial.code()).isEqualTo(1);
  }

  @Test
  void saysWhatOfItIsNotUnderstood() throws Exception {
    Trial trial =
        trial(
            NotificationFormat.HARBOR,
            () -> send(NotificationFormat.HARBOR, SECRET, payload("quay-push")));

    assertThat(trial.out()).startsWith("arrived   harbor: Harbor has no event ''");
    assertThat(trial.code()).isEqualTo(1);
  }

  private record Trial(int code, String out, String err) {}

  /** The command; what comes, comes once it waits. */
  private Trial trial(NotificationFormat sender, Runnable comes) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream err =
        new PrintStream(said, true, StandardCharsets.UTF_8) {
          @Override
          public void println(String line) {
            super.println(line);
            if (line.startsWith("waiting for a notification to /hooks/" + sender.text())) {
              comes.run();
            }
          }
        };
    int code =
        LongshoreCommand.run(
            new String[] {
              "webhook",
              sender.text(),
              "--registry",
              sender.text(),
              "--test",
              "--wait",
              "20",
              "--config",
              config(health.address().port()).toString()
            },
            new PrintStream(out, true, StandardCharsets.UTF_8),
            err);
    return new Trial(
        code, out.toString(StandardCharsets.UTF_8), said.toString(StandardCharsets.UTF_8));
  }

  private void send(NotificationFormat sender, String secret, byte[] body) {
    String hook = "http://" + watcher.webhooks().address() + "/hooks/" + sender.text();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create(
                    switch (sender) {
                      case DOCKERHUB, QUAY -> hook + "/" + secret;
                      default -> hook;
                    }))
            .timeout(Duration.ofSeconds(10))
            .header(
                "Content-Type",
                sender == NotificationFormat.ZOT
                    ? "application/cloudevents+json"
                    : "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    switch (sender) {
      case DOCKERHUB, QUAY -> {}
      case GITHUB ->
          request
              .header("X-GitHub-Event", "package")
              .header("X-Hub-Signature-256", "sha256=" + hmac(secret, body));
      case GITEA -> request.header("X-Gitea-Signature", hmac(secret, body));
      default -> request.header("Authorization", "Bearer " + secret);
    }
    try {
      client.send(request.build(), HttpResponse.BodyHandlers.discarding());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static String hmac(String secret, byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] body(NotificationFormat sender) {
    return payload(PUSHES.get(sender));
  }

  private static byte[] payload(String name) {
    try {
      return Files.readAllBytes(PAYLOADS.resolve(name + ".json"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path config(int healthPort) throws IOException {
    Path secret = Files.writeString(folder.resolve("secret"), SECRET);
    Path token = Files.writeString(folder.resolve("token"), "of-the-listener");
    String registries =
        Arrays.stream(NotificationFormat.values())
            .map(
                sender ->
                    "  - {name: %1$s, host: %1$s.example.com, notifications: %1$s, notification-secret-file: %2$s%3$s}%n"
                        .formatted(
                            sender.text(),
                            secret,
                            sender == NotificationFormat.JSON
                                ? ", notification-mapping: {repository: /target/repository, tag:"
                                    + " /target/tag}"
                                : ""))
            .collect(Collectors.joining());
    return Files.writeString(
        folder.resolve("longshore-%d.yaml".formatted(healthPort)),
        """
        kafka: {bootstrap-servers: ["127.0.0.1:1"]}
        health: {listen: 127.0.0.1:%d}
        watcher:
          webhooks: {listen: "127.0.0.1:0", credentials: {token-file: %s}}
        registries:
        %s\
        """
            .formatted(healthPort, token, registries));
  }
}
