package dev.longshore.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.source.Page;
import dev.longshore.testing.ManualClock;
import dev.longshore.testing.SplitMix;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether a failure concerns the registry or one of its repositories, as the client finds out. */
final class ReachTest {
  private static final String REFUSED = "/v2/team/refused/tags/list";
  private static final String ROOT = "/v2/";
  private static final String SCOPE_OF_REFUSED = "repository%3Ateam%2Frefused%3Apull";

  private record Answer(int status, String type, String body) {
    Answer(int status) {
      this(status, "application/json", "{\"tags\":[\"v1\"]}");
    }
  }

  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private boolean login;
  private HttpServer server;
  private RegistryHost host;
  private RegistryClient client;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.start();
    host = new RegistryHost("localhost:" + server.getAddress().getPort());
    client =
        new RegistryClient(
            Registries.of(
                RegistryConfig.of(host)
                    .withCredentials(new RegistryCredentials.Basic("user", "word"))),
            ClientSettings.defaults()
                .withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(5))
                .withTime(clock, new SplitMix(1), _ -> {}));
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      requests.add(path);
      String asked = path + "?" + exchange.getRequestURI().getRawQuery();
      boolean known = exchange.getRequestHeaders().containsKey("Authorization");
      boolean token = path.equals("/token");
      Answer answer = answers.getOrDefault(path, new Answer(200));
      if (token && asked.contains(SCOPE_OF_REFUSED)) {
        answer = answers.getOrDefault(SCOPE_OF_REFUSED, answer);
      }
      if (token && answer.status == 200) {
        answer = new Answer(200, "application/json", "{\"token\":\"t\",\"expires_in\":3600}");
      }
      if (login && !token && !known) {
        exchange
            .getResponseHeaders()
            .add("WWW-Authenticate", "Bearer realm=\"http://%s/token\"".formatted(host));
        answer = new Answer(401);
      }
      byte[] body = answer.body.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().add("Content-Type", answer.type);
      exchange.sendResponseHeaders(answer.status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private RepositoryName name(String repository) {
    return new RepositoryName(host, repository);
  }

  private String away() throws Exception {
    RegistryException failure =
        catchThrowableOfType(
            RegistryException.class, () -> client.tags(name("team/refused"), Page.START));
    assertThat(failure).isNotNull();
    return client.away(name("team/refused"), failure);
  }

  private String registry() {
    return "registry " + host;
  }

  private String repository() {
    return "repository " + host + "/team/refused";
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 404, 500, 502, 503})
  void aRepositoryThatARegistryRefusesIsAwayAlone(int status) throws Exception {
    answers.put(REFUSED, new Answer(status));

    assertThat(away()).isEqualTo(repository());
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 404, 500, 503})
  void aRegistryThatAnswersBadlyForItselfIsAway(int status) throws Exception {
    answers.put(REFUSED, new Answer(503));
    answers.put(ROOT, new Answer(status));

    assertThat(away()).isEqualTo(registry());
  }

  @Test
  void aRegistryThatIsNotThereIsAway() throws Exception {
    server.stop(0);

    assertThat(away()).isEqualTo(registry());
  }

  @Test
  void aRegistryThatCountsRequestsIsAwayAndNotAskedForMore() throws Exception {
    answers.put(REFUSED, new Answer(429));

    assertThat(away()).isEqualTo(registry());
    assertThat(requests).doesNotContain(ROOT);
  }

  @Test
  void aTokenServiceThatIsDownIsMetThoughThereAreTokensOfBefore() throws Exception {
    login = true;
    answers.put(REFUSED, new Answer(500));
    assertThat(away()).isEqualTo(repository());
    answers.put("/token", new Answer(503));

    assertThat(away()).isEqualTo(registry());
  }

  @Test
  void aTokenServiceThatRefusesTheLoginIsOfTheRegistry() throws Exception {
    login = true;
    answers.put("/token", new Answer(401));

    assertThat(away()).isEqualTo(registry());
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 500})
  void aTokenServiceThatRefusesOneScopeIsOfTheRepository(int status) throws Exception {
    login = true;
    answers.put(SCOPE_OF_REFUSED, new Answer(status));

    assertThat(away()).isEqualTo(repository());
  }

  @Test
  void aLoginThatServesOthersIsGoodThoughTheRegistryItselfRefusesIt() throws Exception {
    answers.put(ROOT, new Answer(403));
    answers.put(REFUSED, new Answer(403));
    client.tags(name("team/served"), Page.START);

    assertThat(away()).isEqualTo(repository());
    clock.advance(Duration.ofMinutes(11));
    assertThat(away()).as("that was long ago").isEqualTo(registry());
  }

  @Test
  void whatTheRepositoryItselfServedTellsNothingOfOthers() throws Exception {
    client.tags(name("team/refused"), Page.START);
    answers.put(ROOT, new Answer(401));
    answers.put(REFUSED, new Answer(401));

    assertThat(away()).isEqualTo(registry());
  }

  @Test
  void aCatalogThatIsRefusedIsNotTheRegistrysTrouble() throws Exception {
    answers.put("/v2/_catalog", new Answer(401));
    RegistryException failure =
        catchThrowableOfType(RegistryException.class, () -> client.catalog(host, Page.START));

    assertThat(client.isOverAll(host, Optional.empty(), failure)).isFalse();
  }

  @Test
  void theRootOfQuayIsNoWebPageAndThatOfAProxyIsOne() throws Exception {
    answers.put(REFUSED, new Answer(403));
    answers.put(ROOT, new Answer(200, "text/html; charset=utf-8", "true"));
    assertThat(away()).isEqualTo(repository());

    answers.put(ROOT, new Answer(200, "text/html; charset=utf-8", "\n<!doctype html>"));
    assertThat(away()).isEqualTo(registry());
  }

  @Test
  void whoeverIsToldToStopStops() {
    answers.put(REFUSED, new Answer(403));
    Thread.currentThread().interrupt();
    var failure =
        new RegistryException.Attempt("GET tags", "x")
            .failed(RegistryException.Kind.UNAUTHORIZED, "x");

    assertThat(
            catchThrowableOfType(
                InterruptedException.class, () -> client.away(name("team/refused"), failure)))
        .isNotNull();
  }
}
