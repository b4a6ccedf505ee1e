package dev.longshore.runtime.edge.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Audited;
import dev.longshore.events.Proof;
import dev.longshore.runtime.edge.access.AccessSettings;
import dev.longshore.runtime.edge.access.CredentialSettings;
import dev.longshore.runtime.edge.rights.Operation;
import dev.longshore.runtime.edge.rights.Scope;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.settings.Secret;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which requests are audited, and what is recorded. */
@Timeout(60)
class AuditedRequestsTest {
  private static final String TOKEN = "t0ken-of-the-test";
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final List<Route> ROUTES =
      List.of(
          Route.at(
              Scope.PULL,
              "GET",
              "/pull",
              exchange -> {
                exchange.visit().isAbout(Operation.PULL, "team/app", "v1");
                exchange.send(200, Map.of(), new byte[0]);
              }),
          Route.at(
              Scope.PULL,
              "GET",
              "/blob",
              exchange -> {
                exchange.visit().isAbout(Operation.BLOB, "team/app", "sha256:1");
                exchange.send(exchange.query("no").isPresent() ? 403 : 200, Map.of(), new byte[0]);
              }),
          Route.at(
              Scope.METRICS,
              "GET",
              "/metrics",
              exchange -> exchange.send(200, Map.of(), new byte[0])),
          new Route(
              "/v2/",
              null,
              Set.of("GET"),
              "/v2/"::equals,
              ErrorBodies.PLAIN,
              exchange -> exchange.send(200, Map.of(), new byte[0])));

  private static RunningEdge asking() {
    return new RunningEdge(
        AccessSettings.of(new CredentialSettings(null, null, new Secret(TOKEN))),
        UnaryOperator.identity(),
        ROUTES);
  }

  private static int get(RunningEdge edge, String method, String path, @Nullable String shown)
      throws IOException {
    HttpURLConnection connection = edge.open(path);
    connection.setRequestMethod(method);
    connection.addRequestProperty("traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01");
    if (shown != null) {
      connection.addRequestProperty("Authorization", shown);
    }
    return connection.getResponseCode();
  }

  private static Audited next(RunningEdge edge, int count) {
    Eventually.await("entry " + count, () -> edge.audited.size() >= count);
    return edge.audited.get(count - 1);
  }

  @Test
  void aCallByNameIsToldWithWhatItWasAboutAndFromWhere() throws Exception {
    try (RunningEdge edge = asking()) {
      assertThat(get(edge, "GET", "/pull?secret=x", "Bearer " + TOKEN)).isEqualTo(200);

      Audited entry = next(edge, 1);

      assertThat(entry)
          .usingRecursiveComparison()
          .ignoringFields("at")
          .isEqualTo(
              new Audited(
                  "default",
                  Proof.CREDENTIALS,
                  null,
                  null,
                  "127.0.0.1",
                  "test",
                  "pull",
                  "/pull",
                  "team/app",
                  "v1",
                  "200",
                  TRACE,
                  entry.at()));
    }
  }

  @Test
  void everyRefusalIsToldButTheQuestionWhatToShow() throws Exception {
    try (RunningEdge edge = asking()) {
      assertThat(get(edge, "GET", "/v2/", null)).isEqualTo(401);
      assertThat(get(edge, "GET", "/v2/", "Bearer wrong")).isEqualTo(401);
      assertThat(get(edge, "GET", "/blob", null)).isEqualTo(401);
      assertThat(get(edge, "GET", "/blob?no=1", "Bearer " + TOKEN)).isEqualTo(403);
      assertThat(get(edge, "PUT", "/pull", "Bearer " + TOKEN)).isEqualTo(405);

      next(edge, 4);
      assertThat(edge.audited)
          .extracting(e -> e.caller() + " " + e.operation() + " " + e.target() + " " + e.status())
          // An entry comes as its answer ends, which the caller may see before.
          .containsExactlyInAnyOrder(
              "anonymous ping /v2/ 401",
              "anonymous pull /blob 401",
              "default blob /blob 403",
              "default other /pull 405");
      assertThat(edge.audited).extracting(Audited::traceId).containsOnly(TRACE);
      assertThat(edge.audited).extracting(Audited::address).containsOnly("127.0.0.1");
      assertThat(edge.audited).extracting(Audited::listener).containsOnly("test");
      assertThat(edge.audited.toString()).doesNotContain(TOKEN, "wrong");
    }
  }

  @Test
  void blobsAndWhatProgramsAskEveryFewSecondsAreNotTold() throws Exception {
    try (RunningEdge edge = asking()) {
      for (String path : List.of("/blob", "/metrics", "/v2/", "/pull")) {
        assertThat(get(edge, "GET", path, "Bearer " + TOKEN)).isEqualTo(200);
      }

      assertThat(next(edge, 1).operation()).isEqualTo("pull");
      assertThat(edge.audited).hasSize(1);
    }
  }

  @Test
  void whereNobodyIsAskedNothingIsTold() throws Exception {
    RunningEdge edge = new RunningEdge(AccessSettings.OPEN, UnaryOperator.identity(), ROUTES);
    try (edge) {
      assertThat(get(edge, "GET", "/pull", "Bearer " + TOKEN)).isEqualTo(200);
      assertThat(get(edge, "PUT", "/pull", null)).isEqualTo(405);
    }
    assertThat(edge.audited).isEmpty();
  }
}
