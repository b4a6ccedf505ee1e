package dev.longshore.runtime.edge.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Audited;
import dev.longshore.events.Proof;
import dev.longshore.runtime.edge.access.AccessSettings;
import dev.longshore.runtime.edge.rights.Operation;
import dev.longshore.runtime.edge.rights.Scope;
import dev.longshore.runtime.service.tls.ClientTls;
import dev.longshore.runtime.service.tls.ClientTlsSettings;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.runtime.testing.TlsFiles;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** People behind a proxy that shows a certificate, with what they send past it byte for byte. */
@Timeout(60)
class PersonsTest {
  private static final String ALICE = "X-Forwarded-User: alice@example.com";
  private static final String TOKENS =
      """
      tokens:
        - {name: login, certificate: caller, scopes: [speak-for]}
        - {name: machine, certificate: machine, scopes: [health]}
        - {name: alice, person: alice@example.com, scopes: [look-up], repositories: [team/*]}
        - {name: operators, group: operators, scopes: [pins]}
      """;
  private static final List<Route> ROUTES =
      List.of(
          Route.at(Scope.LOOK_UP, "GET", "/look", PersonsTest::answerWithTheCaller),
          Route.at(Scope.PINS, "GET", "/pins", PersonsTest::answerWithTheCaller),
          Route.at(
              Scope.HEALTH,
              "GET",
              "/health",
              exchange ->
                  exchange.send(
                      200,
                      Map.of("Cache-Control", "no-store"),
                      "fine".getBytes(StandardCharsets.UTF_8))),
          new Route(
              "/v2/",
              null,
              Set.of("GET"),
              "/v2/"::equals,
              ErrorBodies.PLAIN,
              PersonsTest::answerWithTheCaller));

  @TempDir Path folder;
  private TlsFiles files;
  private RunningEdge edge;

  @BeforeEach
  void listen() throws Exception {
    files = TlsFiles.write(folder);
    files.issue(files.authority(), "machine");
    Path tokens = Files.writeString(folder.resolve("tokens.yaml"), TOKENS);
    edge =
        new RunningEdge(
            new AccessSettings(null, tokens, false, files.server(files.ca()), false),
            UnaryOperator.identity(),
            ROUTES);
  }

  @AfterEach
  void close() throws Exception {
    edge.close();
  }

  private static void answerWithTheCaller(Exchange exchange)
      throws IOException, InterruptedException {
    exchange.visit().isAbout(Operation.LOOK_UP, "team/app:v1");
    exchange.send(200, Map.of(), exchange.visit().caller().name().getBytes(StandardCharsets.UTF_8));
  }

  /** The whole answer to a request with these lines, sent as they are. */
  private String get(String path, String... lines) throws IOException {
    return get(files.caller(), path, lines);
  }

  private String get(ClientTlsSettings shown, String path, String... lines) throws IOException {
    String sent = "GET " + path + " HTTP/1.1\r\nHost: test\r\n" + String.join("\r\n", lines);
    try (Socket socket =
        ClientTls.of(shown)
            .context()
            .getSocketFactory()
            .createSocket("localhost", edge.edge.address().port())) {
      socket.setSoTimeout(20_000);
      byte[] request =
          (sent + (lines.length == 0 ? "" : "\r\n") + "Connection: close\r\n\r\n")
              .getBytes(StandardCharsets.ISO_8859_1);
      socket.getOutputStream().write(request);
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  private static void assertAnswer(String answer, int status, String... parts) {
    assertThat(answer).startsWith("HTTP/1.1 " + status + " ").contains(parts);
  }

  private Audited audited(int count) {
    Eventually.await("entry " + count, () -> edge.audited.size() >= count);
    return edge.audited.get(count - 1);
  }

  @Test
  void aPersonIsServedAndRememberedUnderItsOwnName() throws Exception {
    assertAnswer(get("/look", ALICE), 200, "\r\n\r\nalice@example.com");

    Audited entry = audited(1);
    assertThat(entry.caller()).isEqualTo("alice@example.com");
    assertThat(entry.through()).isEqualTo("login");
    assertThat(entry.proof()).isEqualTo(Proof.CERTIFICATE);
    assertThat(entry.subject()).isEqualTo("CN=caller");
    assertThat(entry.operation()).isEqualTo("look-up");
  }

  @Test
  void aPersonMayDoWhatItsEntryOrItsGroupsSayAndNoMore() throws Exception {
    assertAnswer(get("/pins", ALICE), 403, "needs scope pins and has [look-up]");
    assertAnswer(
        get("/pins", "X-Forwarded-User: bob", "X-Forwarded-Groups: x, operators"), 200, "bob");
    assertAnswer(get("/health", ALICE), 403, "needs scope health");
  }

  @Test
  void whoHasNoEntryIsRefusedEverywhereAndRememberedByName() throws Exception {
    for (String path : List.of("/look", "/v2/", "/nowhere")) {
      assertAnswer(
          get(path, "X-Forwarded-User: mallory", "X-Forwarded-Groups: Operators"),
          403,
          "\"DENIED\"",
          "mallory has no rights here");
    }

    audited(3);
    assertThat(edge.audited)
        .extracting(e -> e.caller() + " " + e.through() + " " + e.target() + " " + e.status())
        .containsExactly(
            "mallory login /look 403", "mallory login /v2/ 403", "mallory login /nowhere 403");
  }

  @Test
  void whatAPersonSendsPastTheProxyMakesItNobodyElse() throws Exception {
    List<String[]> smuggled =
        List.of(
            new String[] {"X-Forwarded-User: mallory", ALICE},
            new String[] {ALICE, "x-forwarded-user: mallory"},
            new String[] {"X-Forwarded-User: mallory, alice@example.com"},
            new String[] {"X-Forwarded-User: alice@example.com,"},
            new String[] {"X-Forwarded-User:"},
            new String[] {"X-Forwarded-User: m\u00e4llory"},
            new String[] {"X-Forwarded-User: " + "a".repeat(300)},
            new String[] {"X-Forwarded-Groups: operators"});
    for (String[] lines : smuggled) {
      assertAnswer(get("/pins", lines), 403, "X-Forwarded-User of login ");
    }

    audited(smuggled.size());
    assertThat(edge.audited)
        .allSatisfy(
            entry -> {
              assertThat(entry.caller()).isEqualTo("login");
              assertThat(entry.through()).isNull();
              assertThat(entry.status()).isEqualTo("403");
            });
  }

  @Test
  void controlCharactersAreNoHttp() throws Exception {
    for (String person : List.of("alice\u0001@example.com", "\u0000", "alice\u007f", "a\rb")) {
      assertAnswer(get("/look", "X-Forwarded-User: " + person), 400, "Bad Request");
    }
    assertThat(edge.audited).isEmpty();
  }

  @Test
  void headersThatOnlyLookLikeThoseOfTheSettingsAreNotHeard() throws Exception {
    for (String line :
        List.of(
            "X_Forwarded_User: alice@example.com",
            "X-Forwarded_User: alice@example.com",
            "X-Forwarded-Users: alice@example.com",
            "X-Auth-Request-User: alice@example.com",
            "Cookie: X-Forwarded-User=alice@example.com")) {
      assertAnswer(get("/look", line), 403, "login may not do this: it needs scope look-up");
    }
  }

  @Test
  void aProxyThatDropsThePersonsNameIsNobodyButItself() throws Exception {
    assertAnswer(get("/look", "Connection: X-Forwarded-User"), 403, "login may not do this");
    assertAnswer(get("/v2/"), 200, "\r\n\r\nlogin");
  }

  @Test
  void whoMayNotSpeakForOthersIsItselfWhateverItSends() throws Exception {
    ClientTlsSettings machine =
        new ClientTlsSettings(files.ca(), files.file("machine.pem"), files.file("machine.key"));

    assertAnswer(get(machine, "/v2/", ALICE), 200, "\r\n\r\nmachine");
    assertAnswer(get(machine, "/look", ALICE, ALICE), 403, "machine may not do this");
    assertAnswer(get(machine, "/health", "X-Forwarded-User: m\u00e4llory"), 200, "fine");
  }

  @Test
  void answersAreForTheCallerAlone() throws Exception {
    String kept = "cache-control: private, no-cache\r\n";
    for (String path : List.of("/look", "/pins", "/nowhere")) {
      assertThat(get(path, ALICE)).containsIgnoringCase(kept);
    }
    ClientTlsSettings machine =
        new ClientTlsSettings(files.ca(), files.file("machine.pem"), files.file("machine.key"));
    assertThat(get(machine, "/health"))
        .containsIgnoringCase("cache-control: no-store\r\n")
        .doesNotContain("private");
  }

  @Test
  void whereNobodyIsAskedAnswersMayBeKept() throws Exception {
    try (RunningEdge open =
        RunningEdge.serving(
            Route.at(Scope.LOOK_UP, "GET", "/look", PersonsTest::answerWithTheCaller))) {
      assertThat(open.open("/look").getHeaderField("Cache-Control")).isNull();
    }
  }
}
