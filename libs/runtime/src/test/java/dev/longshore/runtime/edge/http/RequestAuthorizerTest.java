package dev.longshore.runtime.edge.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.runtime.edge.access.AccessSettings;
import dev.longshore.runtime.edge.access.CredentialSettings;
import dev.longshore.runtime.edge.rights.Scope;
import dev.longshore.settings.Secret;
import dev.longshore.testing.Sha256;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RequestAuthorizerTest {
  private static final Route OPEN_SESAME =
      Route.at(Scope.HEALTH, "GET", "/", exchange -> exchange.send(200, Map.of(), new byte[0]));

  private static RunningEdge guarded(CredentialSettings credentials) {
    return new RunningEdge(credentials, UnaryOperator.identity(), List.of(OPEN_SESAME));
  }

  private static String basic(String userAndPassword) {
    return "Basic "
        + Base64.getEncoder().encodeToString(userAndPassword.getBytes(StandardCharsets.UTF_8));
  }

  private static int status(RunningEdge edge, String... authorizations) throws IOException {
    HttpURLConnection connection = edge.open("/");
    for (String authorization : authorizations) {
      connection.addRequestProperty("Authorization", authorization);
    }
    return connection.getResponseCode();
  }

  @Test
  void basicCredentialsLetTheRightOnesIn() throws Exception {
    try (RunningEdge edge = guarded(new CredentialSettings("me", new Secret("pä:ss"), null))) {
      assertThat(status(edge, basic("me:pä:ss"))).isEqualTo(200);
      assertThat(status(edge, basic("me:pä:ss").replace("Basic", "bAsIc"))).isEqualTo(200);
      assertThat(status(edge, basic("me:pä:sS"))).isEqualTo(401);
      assertThat(status(edge, basic("you:pä:ss"))).isEqualTo(401);
      assertThat(status(edge, basic("me"))).isEqualTo(401);
      assertThat(status(edge, "Basic !!!")).isEqualTo(401);
      assertThat(status(edge, "Bearer pä:ss")).isEqualTo(401);
      assertThat(status(edge, basic("me:pä:ss"), basic("me:pä:ss"))).isEqualTo(401);
    }
  }

  @Test
  void tokensLetTheRightOnesIn() throws Exception {
    try (RunningEdge edge = guarded(new CredentialSettings(null, null, new Secret("t0ken")))) {
      assertThat(status(edge, "Bearer t0ken")).isEqualTo(200);
      assertThat(status(edge, "Bearer t0ke")).isEqualTo(401);
      assertThat(status(edge, "Bearer t0kenn")).isEqualTo(401);
      assertThat(status(edge, "Bearer")).isEqualTo(401);
      assertThat(status(edge, "t0ken")).isEqualTo(401);
      assertThat(status(edge, "")).isEqualTo(401);
    }
  }

  @Test
  void aTokenOpensTheRoutesOfItsScopesAlone(@TempDir Path folder) throws Exception {
    Path tokens =
        Files.writeString(
            folder.resolve("tokens.yaml"),
            """
            tokens:
              - name: prometheus
                sha256: %s
                scopes: [metrics]
            """
                .formatted(
                    Sha256.digest("t0ken".getBytes(StandardCharsets.UTF_8))
                        .substring("sha256:".length())));
    List<Route> routes =
        List.of(
            OPEN_SESAME,
            Route.at(Scope.METRICS, "GET", "/metrics", RequestAuthorizerTest::answerWithTheCaller),
            new Route(
                "/any",
                null,
                Set.of("GET"),
                "/any"::equals,
                ErrorBodies.PLAIN,
                RequestAuthorizerTest::answerWithTheCaller));
    AccessSettings access = new AccessSettings(null, tokens, false, null, false);
    try (RunningEdge edge = new RunningEdge(access, UnaryOperator.identity(), routes)) {
      for (String path : List.of("/metrics", "/any")) {
        HttpURLConnection allowed = edge.open(path);
        allowed.addRequestProperty("Authorization", basic("prometheus:t0ken"));
        assertThat(RunningEdge.body(allowed)).isEqualTo("prometheus");
      }
      HttpURLConnection denied = edge.open("/");
      denied.addRequestProperty("Authorization", "Bearer t0ken");
      assertThat(denied.getResponseCode()).isEqualTo(403);
      assertThat(RunningEdge.body(denied))
          .contains("\"DENIED\"", "prometheus may not do this: it needs scope health")
          .doesNotContain("t0ken");
      assertThat(status(edge)).isEqualTo(401);
      assertThat(edge.open("/any").getResponseCode()).isEqualTo(401);
      assertThat(edge.open("/any").getHeaderField("WWW-Authenticate")).startsWith("Basic ");
    }
  }

  private static void answerWithTheCaller(Exchange exchange)
      throws IOException, InterruptedException {
    exchange.send(200, Map.of(), exchange.visit().caller().name().getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void whoShowsNothingIsToldWhatToShowAndLearnsNothingElse() throws Exception {
    try (RunningEdge edge = guarded(new CredentialSettings(null, null, new Secret("t0ken")))) {
      HttpURLConnection connection = edge.open("/no/such/path");
      assertThat(connection.getResponseCode()).isEqualTo(401);
      assertThat(connection.getHeaderField("WWW-Authenticate"))
          .isEqualTo("Bearer realm=\"longshore\"");
      assertThat(RunningEdge.body(connection)).contains("credentials are needed");
    }
  }
}
