package dev.longshore.runtime.edge.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Proof;
import dev.longshore.runtime.edge.access.AccessSettings;
import dev.longshore.runtime.edge.access.CallHeaders;
import dev.longshore.runtime.edge.access.CredentialSettings;
import dev.longshore.runtime.edge.rights.Caller;
import dev.longshore.runtime.edge.rights.Rights;
import dev.longshore.runtime.edge.rights.Scope;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.settings.Secret;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** A route that admits callers whom its listener does not know. */
class RouteAdmissionTest {
  private static final RouteAdmission BY_BODY =
      new RouteAdmission() {
        @Override
        public String shown(String path) {
          return "/hook/***";
        }

        @Override
        public Optional<Claim> claim(String path, CallHeaders headers) {
          Caller caller =
              new Caller(
                  "its sender",
                  Proof.CREDENTIALS,
                  Optional.empty(),
                  Rights.of(Set.of(Scope.HINT), List.of()));
          return headers.all("Signed").isEmpty()
              ? Optional.empty()
              : Optional.of(
                  new Claim(
                      caller, body -> new String(body, StandardCharsets.UTF_8).equals("signed")));
        }
      };

  private static RunningEdge edge() {
    EdgeHandler callersName =
        exchange ->
            exchange.send(
                200, Map.of(), exchange.visit().caller().name().getBytes(StandardCharsets.UTF_8));
    return new RunningEdge(
        AccessSettings.of(new CredentialSettings(null, null, new Secret("t0ken"))),
        UnaryOperator.identity(),
        List.of(
            new Route(
                "hook",
                Scope.HINT,
                Set.of("POST"),
                path -> path.startsWith("/hook/"),
                ErrorBodies.PLAIN,
                callersName,
                BY_BODY),
            Route.at(Scope.METRICS, "POST", "/other", callersName)));
  }

  private static HttpURLConnection post(RunningEdge edge, String path, String body)
      throws IOException {
    HttpURLConnection connection = edge.open(path);
    connection.setRequestMethod("POST");
    connection.setDoOutput(true);
    connection.setRequestProperty("Signed", "yes");
    connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
    return connection;
  }

  @Test
  void whoProvesItByTheBodyIsAdmittedAndAuditedByName() throws Exception {
    try (RunningEdge edge = edge()) {
      HttpURLConnection call = post(edge, "/hook/s3cret", "signed");

      assertThat(RunningEdge.body(call)).isEqualTo("its sender");
      Eventually.await("the entry", () -> edge.audited.size() == 1);
      assertThat(edge.audited.getFirst().caller()).isEqualTo("its sender");
      assertThat(edge.audited.getFirst().target()).isEqualTo("/hook/***");
    }
  }

  @Test
  void whoseBodyProvesNothingIsRefusedAsAStranger() throws Exception {
    try (RunningEdge edge = edge()) {
      HttpURLConnection call = post(edge, "/hook/s3cret", "forged");

      assertThat(call.getResponseCode()).isEqualTo(401);
      assertThat(call.getHeaderField("WWW-Authenticate")).startsWith("Bearer ");
      Eventually.await("the entry", () -> edge.audited.size() == 1);
      assertThat(edge.audited.getFirst().proof()).isEqualTo(Proof.NONE);
      assertThat(edge.audited.getFirst().target()).isEqualTo("/hook/***");
      assertThat(edge.audited.getFirst().status()).isEqualTo("401");
    }
  }

  @Test
  void theProofOpensNoOtherRoute() throws Exception {
    try (RunningEdge edge = edge()) {
      assertThat(post(edge, "/other", "signed").getResponseCode()).isEqualTo(401);
      assertThat(post(edge, "/nothing", "signed").getResponseCode()).isEqualTo(401);
    }
  }

  @Test
  void aStrangersBodyIsHeldOnlyWithinTheUsualLimit() throws Exception {
    try (RunningEdge edge = edge()) {
      assertThat(
              post(edge, "/hook/x", "x".repeat(EdgeOptions.MAX_BODY_BYTES + 1)).getResponseCode())
          .isEqualTo(413);
    }
  }
}
