package dev.longshore.app.query.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.app.Version;
import dev.longshore.app.query.Answer;
import dev.longshore.app.query.Queries;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.ImageState;
import dev.longshore.model.Mode;
import dev.longshore.model.ModeName;
import dev.longshore.runtime.testing.TlsFiles;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The real routes on a real listener, asked as commands ask them. */
@Timeout(60)
class QueryRoutesTest {
  private static final String TOKEN = "one-token-of-forty-characters-is-long-enough";

  @TempDir Path folder;

  @Test
  void answersWhatTheCommandPrintsWithItsExitCode() throws Exception {
    try (AskedService service = new AskedService(folder)) {
      Answer own =
          new Queries(AskedService.load(service.config()), () -> service.catalog)
              .resolve(AskedService.NAME);
      for (boolean json : new boolean[] {true, false}) {
        QueryClient.Told told =
            service.ask(AskedService.OPEN, "", "resolve", AskedService.NAME, json);
        assertThat(told.printed()).isEqualTo(own.printed(json)).contains("bafydag1");
        assertThat(told.exitCode()).isEqualTo(own.code().code()).isEqualTo(3);
        assertThat(told.error()).isEmpty();
      }
      assertThat(
              service
                  .ask(AskedService.OPEN, "", "status", Samples.digest(1).toString(), false)
                  .printed())
          .startsWith(Samples.digest(1) + "\n");
    }
  }

  @Test
  void saysWhatIsNotKnownAsTheCommandDoes() throws Exception {
    try (AskedService service = new AskedService(folder)) {
      QueryClient.Told text = service.ask(AskedService.OPEN, "", "resolve", "a.example/b:1", false);
      assertThat(text.printed()).isEmpty();
      assertThat(text.exitCode()).isEqualTo(1);
      assertThat(text.error())
          .contains(
              "a.example/b:1 is not known: registry a.example is not configured (configured: none);"
                  + " add it under registries");
      QueryClient.Told json = service.ask(AskedService.OPEN, "", "resolve", "a.example/b:1", true);
      assertThat(json.printed()).contains("\"conversions\" : [ ]");
      assertThat(get(service, "resolve?image=a.example/b:1").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void tellsTheHistoryOfANameOrWhyThereIsNone() throws Exception {
    String more =
        """
        registries: [{name: dev, host: "%s"}]
        rules: [{match: "**/secret/*", modes: []}]
        """
            .formatted(Samples.REGISTRY);
    try (AskedService service =
        new AskedService(folder, AskedService.OPEN, more, null, QueryRoutes.Limits.USUAL)) {
      QueryClient.Told told =
          service.ask(AskedService.OPEN, more, "history", AskedService.NAME, false);
      assertThat(told.exitCode()).isZero();
      assertThat(told.printed()).startsWith(AskedService.NAME + "\n").contains("learned  by ");
      assertThat(service.ask(AskedService.OPEN, more, "history", AskedService.NAME, true).printed())
          .contains("\"versions\"", "\"lateIsAtLeast\"");
      assertNoHistory(service, more, Samples.REGISTRY + "/team/none:v1", "is not known");
      assertNoHistory(service, more, Samples.REGISTRY + "/secret/app:v1", "not mirrored");
      assertNoHistory(service, more, "a.example/b:1", "registry a.example is not configured");
      assertThat(get(service, "history").statusCode()).isEqualTo(400);
    }
  }

  @Test
  void aHubTellsHowFarItsSitesAreBehind() throws Exception {
    String more = "registries: [{name: dev, host: \"%s\"}]\n".formatted(Samples.REGISTRY);
    try (AskedService service =
        new AskedService(folder, AskedService.OPEN, more, null, QueryRoutes.Limits.USUAL)) {
      assertThat(get(service, "lag").body()).contains("\"site\" : \"shop-1\"", "\"revoked\"");
      assertThat(get(service, "lag?site=shop-1&output=text").body())
          .startsWith("site     shop-1 (shops) revoked ");
      HttpResponse<String> none = get(service, "lag?site=shop-9");
      assertThat(none.statusCode()).isEqualTo(404);
      assertThat(none.headers().firstValue("Longshore-Error")).isPresent();
      assertThat(get(service, "site-why?image=" + AskedService.NAME + "&site=shop-1").body())
          .contains("\"stage\" : \"revoked\"");
      assertThat(get(service, "site-why?image=" + AskedService.NAME).statusCode()).isEqualTo(400);
    }
  }

  private static void assertNoHistory(
      AskedService service, String more, String image, String reason) throws Exception {
    QueryClient.Told none = service.ask(AskedService.OPEN, more, "history", image, false);
    assertThat(none.exitCode()).isEqualTo(1);
    assertThat(none.printed()).isEmpty();
    assertThat(none.error()).hasValueSatisfying(error -> assertThat(error).contains(image, reason));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "resolve",
        "resolve?image=a//b",
        "why?image=a.example/b:1",
        "resolve?image=a.example/b:1&output=xml",
        "resolve?image=%ff"
      })
  void refusesWhatIsNoQuestion(String path) throws Exception {
    try (AskedService service = new AskedService(folder)) {
      assertThat(get(service, path).statusCode()).isEqualTo(400);
    }
  }

  @Test
  void givesNoAnswerUntilItKnowsWhatKafkaHolds() throws Exception {
    Queries.Knowledge behind =
        () -> {
          throw new QueryException("records still come");
        };
    try (AskedService service =
        new AskedService(folder, AskedService.OPEN, "", behind, QueryRoutes.Limits.USUAL)) {
      HttpResponse<String> answer = get(service, "resolve?image=" + AskedService.NAME);
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.body()).contains("records still come");
      assertThatThrownBy(
              () -> service.ask(AskedService.OPEN, "", "resolve", AskedService.NAME, true))
          .isInstanceOf(NotAnsweredException.class)
          .hasMessageContaining("503");
    }
  }

  @Test
  void isNotServedToWhomTheListenerLetInForItsHealth() throws Exception {
    String network = "listen: 0.0.0.0:%d, allow-anonymous: true, allow-plaintext: true";
    try (AskedService service = new AskedService(folder, network)) {
      assertThat(get(service, "resolve?image=" + AskedService.NAME).statusCode()).isEqualTo(404);
      assertThat(get(service, "status").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void answersOnlyThoseWhoMaySeeEveryImageAndAllCopies() throws Exception {
    String tokens =
        """
        tokens:
          - {name: all, sha256: %s, scopes: [look-up, pins], repositories: ["**"]}
          - {name: edge, sha256: %s, scopes: [pull, look-up], repositories: ["team/*"]}
          - {name: copies, sha256: %s, scopes: [pins]}
          - {name: metrics, sha256: %s, scopes: [health, metrics]}
        """
            .formatted(sha256(TOKEN + 1), sha256(TOKEN + 2), sha256(TOKEN + 3), sha256(TOKEN + 4));
    String health = AskedService.OPEN + ", tokens-file: " + secret("tokens.yaml", tokens);
    try (AskedService service = new AskedService(folder, health)) {
      assertThat(ask(service, TOKEN + 1).printed()).contains("bafydag1");
      for (int limited : new int[] {2, 3, 4}) {
        assertThatThrownBy(() -> ask(service, TOKEN + limited)).hasMessageContaining("403");
      }
      assertThatThrownBy(() -> ask(service, TOKEN + 5)).hasMessageContaining("401");
      HttpResponse<String> nobody = get(service, "status");
      assertThat(nobody.statusCode()).isEqualTo(401);
      assertThat(nobody.body()).doesNotContain("tags");
    }
  }

  private QueryClient.Told ask(AskedService service, String token) throws Exception {
    String shown = AskedService.OPEN + ", credentials: {token-file: " + secret(token, token) + "}";
    return service.ask(shown, "", "resolve", AskedService.NAME, false);
  }

  @Test
  void tellsNoStrangerWhichPlainImageAnEncryptedOneIs() throws Exception {
    try (AskedService service = new AskedService(folder)) {
      ImageState plain = Samples.image(2);
      service.put(
          new ImageState(
              plain.digest(),
              plain.recipe(),
              ModeName.of(Mode.ENCRYPTED),
              plain.mediaType(),
              Samples.dag(2),
              plain.root(),
              plain.manifest(),
              plain.platforms(),
              plain.blobs(),
              plain.bytes(),
              plain.missing(),
              plain.ingestPeer(),
              plain.name(),
              plain.convertedAt()));
      HttpResponse<String> refused = get(service, "resolve?image=" + AskedService.NAME);
      assertThat(refused.statusCode()).isEqualTo(403);
      assertThat(refused.body()).contains("add credentials").doesNotContain("bafy");
    }
  }

  @Test
  void speaksTlsWithTheListenersOwnCertificateAndCredentials() throws Exception {
    TlsFiles files = TlsFiles.write(Files.createDirectory(folder.resolve("tls")));
    String health =
        AskedService.OPEN
            + ", tls: {certificate-file: %s, key-file: %s}"
                .formatted(files.file("server.pem"), files.file("server.key"));
    String asking = ", credentials: {token-file: " + secret("token", TOKEN) + "}";
    try (AskedService service = new AskedService(folder, health + asking)) {
      assertThat(service.ask(health + asking, "", "resolve", AskedService.NAME, false).printed())
          .contains("bafydag1");
      String another =
          (health + asking).replace("server.pem", "caller.pem").replace("server.key", "caller.key");
      assertThatThrownBy(() -> service.ask(another, "", "resolve", AskedService.NAME, false))
          .isInstanceOf(NotAnsweredException.class)
          .hasMessageContaining("SSLHandshakeException");
      assertThatThrownBy(() -> service.ask(health, "", "resolve", AskedService.NAME, false))
          .hasMessageContaining("401");
      assertThatThrownBy(
              () ->
                  service.ask(AskedService.OPEN + asking, "", "resolve", AskedService.NAME, false))
          .isInstanceOf(NotAnsweredException.class);
    }
  }

  /** Never knows, and tells when it is asked and when it may stop. */
  private static final class Endless implements Queries.Knowledge {
    private final Semaphore begun = new Semaphore(0);
    private final Semaphore stopped = new Semaphore(0);

    @Override
    public Catalog now() throws InterruptedException {
      begun.release();
      try {
        new CountDownLatch(1).await();
        throw new IllegalStateException("nobody counts it down");
      } finally {
        stopped.release();
      }
    }
  }

  @Test
  void stopsWhenTheCallerIsGoneAndAnswersNoMoreThanItsShareMeanwhile() throws Exception {
    Endless endless = new Endless();
    QueryRoutes.Limits one = new QueryRoutes.Limits(1, Duration.ZERO, Duration.ofSeconds(50));
    try (AskedService service = new AskedService(folder, AskedService.OPEN, "", endless, one)) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), service.port())) {
        socket
            .getOutputStream()
            .write(
                "GET /v1/query/resolve?image=a.example/b:1 HTTP/1.1\r\nHost: x\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
        assertThat(endless.begun.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
        HttpResponse<String> oneMore = get(service, "resolve?image=a.example/b:1");
        assertThat(oneMore.statusCode()).isEqualTo(503);
        assertThat(oneMore.headers().firstValue("Retry-After")).contains("1");
      }
      assertThat(endless.stopped.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void stopsWhenTheTimeIsUp() throws Exception {
    Endless endless = new Endless();
    QueryRoutes.Limits brief = new QueryRoutes.Limits(1, Duration.ZERO, Duration.ofMillis(50));
    try (AskedService service = new AskedService(folder, AskedService.OPEN, "", endless, brief)) {
      assertThat(get(service, "resolve?image=a.example/b:1").statusCode()).isEqualTo(504);
      assertThat(endless.stopped.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void namesItsVersionAndItsTopics() throws Exception {
    try (AskedService service = new AskedService(folder)) {
      HttpResponse<String> answer = get(service, "resolve?image=" + AskedService.NAME);
      assertThat(answer.headers().firstValue("Longshore-Version")).contains(Version.NUMBER);
      assertThat(answer.headers().firstValue("Longshore-Topics"))
          .contains("127.0.0.1:1/longshore.");
      Path other = service.config();
      Files.writeString(
          other, Files.readString(other).replace("{bootstrap", "{topic-prefix: other., bootstrap"));
      QueryClient asking = new QueryClient(AskedService.load(other).shared());
      assertThatThrownBy(() -> asking.ask("resolve", AskedService.NAME, true))
          .hasMessageContaining("127.0.0.1:1/longshore., not 127.0.0.1:1/other.");
    }
  }

  private static HttpResponse<String> get(AskedService service, String path) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI address = URI.create("http://127.0.0.1:" + service.port() + "/v1/query/" + path);
      return client.send(
          HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(30)).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  private Path secret(String name, String text) throws Exception {
    Path file = Files.writeString(folder.resolve(name), text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private static String sha256(String text) throws Exception {
    return HexFormat.of()
        .formatHex(
            MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
  }
}
