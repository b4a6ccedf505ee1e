package dev.longshore.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.runtime.config.CredentialSettings;
import dev.longshore.runtime.config.Secret;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DoorkeeperTest {
  private static final Route OPEN_SESAME =
      Route.at("GET", "/", exchange -> exchange.send(200, Map.of(), new byte[0]));

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
