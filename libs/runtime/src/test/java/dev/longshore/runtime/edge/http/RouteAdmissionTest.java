package dev.longshore.runtime.edge.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Proof;
import dev.longshore.runtime.edge.access.AccessSettings;
import dev.longshore.runtime.edge.access.CallHeaders;
import dev.longshore.runtime.edge.access.CredentialSettings;
import dev.longshore.runtime.edge.rights.Caller;
import dev.longshore.runtime.edge.rights.Operation;
import dev.longshore.runtime.edge.rights.Rights;
import dev.longshore.runtime.edge.rights.Scope;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.settings.Secret;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** A route that admits callers unknown to its listener. */
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
          if (path.endsWith("/known")) {
            return Optional.of(new Claim(caller, null));
          }
          return headers.all("Signed").isEmpty()
              ? Optional.empty()
              : Optional.of(
                  new Claim(
                      caller, body -> new String(body, StandardCharsets.UTF_8).equals("signed")));
        }
      };

  private static RunningEdge edge() {
    return edge(options -> options);
  }

  private static RunningEdge edge(UnaryOperator<EdgeOptions> with) {
    EdgeHandler callersName =
        exchange ->
            exchange.send(
                200, Map.of(), exchange.visit().caller().name().getBytes(StandardCharsets.UTF_8));
    return new RunningEdge(
        AccessSettings.of(new CredentialSettings(null, null, new Secret("t0ken"))),
        options -> with.apply(options.withMaxBodyBytes(8 << 20)),
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

  private static int status(RunningEdge edge) {
    try {
      return post(edge, "/hook/x", "signed").getResponseCode();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
  void whoProvesItWithoutTheBodyIsNoStranger() throws Exception {
    try (RunningEdge edge = edge()) {
      HttpURLConnection call = post(edge, "/hook/known", "x".repeat(2 << 20));

      assertThat(RunningEdge.body(call)).isEqualTo("its sender");
    }
  }

  @Test
  void strangersWhoSendSlowlyTakeNoPlaceOfOthers() throws Exception {
    try (RunningEdge edge = edge()) {
      List<Socket> slow = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        slow.add(slow(edge));
      }
      Eventually.await("no place for strangers", () -> status(edge) == 503);

      assertThat(RunningEdge.body(post(edge, "/hook/known", "any"))).isEqualTo("its sender");
      for (Socket socket : slow) {
        socket.close();
      }
      Eventually.await("their places are free", () -> status(edge) == 200);
    }
  }

  @Test
  void oneAddressTakesAFewOfTheStrangersPlacesAndNoneForLong() throws Exception {
    try (RunningEdge edge = edge(options -> options.withFirstRequest(Duration.ofMillis(500)))) {
      List<Socket> slow = new ArrayList<>();
      for (int i = 0; i < 17; i++) {
        slow.add(slow(edge));
      }
      Eventually.await("the last is refused", () -> firstLine(slow.getLast()).contains(" 503 "));

      assertThat(slow.subList(0, 16)).allMatch(socket -> firstLine(socket).contains(" 408 "));
      Eventually.await("their places are free", () -> status(edge) == 200);
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }

  private static Socket slow(RunningEdge edge) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), edge.edge.address().port());
    socket.setSoTimeout(20_000);
    socket
        .getOutputStream()
        .write(
            "POST /hook/x HTTP/1.1\r\nHost: x\r\nSigned: yes\r\nContent-Length: 9\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private static String firstLine(Socket socket) {
    try {
      return new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
          .readLine();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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
  void ofAnAddressWhereNothingIsServedTheStartAloneIsAudited() throws Exception {
    try (RunningEdge edge = edge()) {
      post(edge, "/hok/core/s3cret", "signed").getResponseCode();

      Eventually.await("the entry", () -> edge.audited.size() == 1);
      assertThat(edge.audited.getFirst().target()).isEqualTo("/hok/***");
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

  /** Neither where the listener knows its callers, nor where it asks for nothing. */
  @Test
  void aRouteThatIsClosedToAllOthersIsOpenedByItsOwnProofAlone() throws Exception {
    RouteAdmission alone =
        new RouteAdmission() {
          @Override
          public Optional<Operation> alone() {
            return Optional.of(Operation.SITE);
          }

          @Override
          public String shown(String path) {
            return path;
          }

          @Override
          public Optional<Claim> claim(String path, CallHeaders headers) throws HttpFailure {
            return BY_BODY.claim(path, headers);
          }
        };
    Route closed =
        new Route(
            "hook",
            null,
            Set.of("POST"),
            path -> path.startsWith("/hook/"),
            ErrorBodies.PLAIN,
            exchange -> exchange.send(200, Map.of(), new byte[0]),
            alone);
    CredentialSettings token = new CredentialSettings(null, null, new Secret("t0ken"));
    for (AccessSettings access : List.of(AccessSettings.OPEN, AccessSettings.of(token))) {
      try (RunningEdge edge = new RunningEdge(access, options -> options, List.of(closed))) {
        HttpURLConnection call = edge.open("/hook/x");
        call.setRequestMethod("POST");
        call.setRequestProperty("Authorization", "Bearer t0ken");
        assertThat(call.getResponseCode()).isEqualTo(401);
        assertThat(post(edge, "/hook/known", "").getResponseCode()).isEqualTo(200);
        Eventually.await("the refusal", () -> !edge.audited.isEmpty());
        assertThat(edge.audited.getFirst().operation()).isEqualTo("site");
      }
    }
  }

  /** On the thread that reads all requests, where nothing else would. */
  @Test
  void aDefectInTheProofIsAnsweredToo() throws Exception {
    RouteAdmission broken =
        new RouteAdmission() {
          @Override
          public String shown(String path) {
            return "/hook/***";
          }

          @Override
          public Optional<Claim> claim(String path, CallHeaders headers) {
            throw new IllegalStateException("a defect");
          }
        };
    Route hook =
        new Route(
            "hook",
            Scope.HINT,
            Set.of("POST"),
            path -> path.startsWith("/hook/"),
            ErrorBodies.PLAIN,
            exchange -> exchange.send(200, Map.of(), new byte[0]),
            broken);
    AccessSettings access =
        AccessSettings.of(new CredentialSettings(null, null, new Secret("t0ken")));
    try (RunningEdge edge = new RunningEdge(access, options -> options, List.of(hook))) {
      assertThat(post(edge, "/hook/x", "").getResponseCode()).isEqualTo(500);
      assertThat(post(edge, "/hook/x", "").getResponseCode()).as("the next").isEqualTo(500);
    }
  }
}
