package dev.longshore.app.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.catalog.WorkFailure;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.Audited;
import dev.longshore.events.CopiesState;
import dev.longshore.events.CopyPhase;
import dev.longshore.model.PeerName;
import dev.longshore.runtime.edge.access.CallerPlaces;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.testing.ManualClock;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page as programs and browsers reach it, over a catalog in memory. */
@Timeout(60)
class OpsPageTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String APP = Samples.REGISTRY + "/library/nginx:1";
  private static final String ADMIN = "admin-" + "a".repeat(40);
  private static final String LOOKER = "looker-" + "l".repeat(40);
  private static final String LIMITED = "limited-" + "m".repeat(40);
  private static final String PEERS =
      """
      peers:
        - {name: peer-0, zone: a, rpc: "http://127.0.0.1:1", gateway: "http://127.0.0.1:2"}
        - {name: peer-1, zone: b, rpc: "http://127.0.0.1:3", gateway: "http://127.0.0.1:4"}
      """;

  @TempDir private Path folder;
  private final ManualClock clock = new ManualClock(Samples.NOW);
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void close() {
    client.close();
  }

  private PageBed open() throws Exception {
    PageBed bed = new PageBed(folder, PageBed.OPEN, PEERS, clock);
    bed.put(Samples.tag("library/nginx", "1", 1), Samples.image(1), Samples.pin(1, 3, 1));
    return bed;
  }

  private PageBed asking() throws Exception {
    Path tokens =
        Files.writeString(
            folder.resolve("tokens.yaml"),
            """
            tokens:
              - {name: admin, sha256: "%s", scopes: [pins, look-up, decide], repositories: ["**"], expires: 2026-03-01T13:00:00Z}
              - {name: looker, sha256: "%s", scopes: [pins, look-up], repositories: ["**"]}
              - {name: limited, sha256: "%s", scopes: [look-up, pull], repositories: ["team/*"]}
            """
                .formatted(hash(ADMIN), hash(LOOKER), hash(LIMITED)));
    PageBed bed = new PageBed(folder, ", tokens-file: \"" + tokens + "\"", PEERS, clock);
    bed.put(Samples.tag("library/nginx", "1", 1), Samples.image(1), Samples.pin(1, 3, 1));
    return bed;
  }

  private static String hash(String token) throws Exception {
    return HexFormat.of()
        .formatHex(
            MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
  }

  /** Logs in; the cookie. */
  private String login(PageBed bed, String token) throws Exception {
    HttpResponse<String> answer = bed.post(client, "/api/login", "{\"token\": \"" + token + "\"}");
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer.headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0];
  }

  private static JsonNode json(HttpResponse<String> answer) throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
    return JSON.readTree(answer.body());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/", "/image?ref=x", "/api/now", "/api/me", "/api/site?site=none", "/assets/x"})
  void everyAnswerForbidsFramesForeignProgramsAndGuessing(String path) throws Exception {
    try (PageBed bed = open()) {
      HttpResponse<String> answer = bed.get(client, path);
      assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow())
          .contains(
              "default-src 'none'",
              "script-src 'self'",
              "frame-ancestors 'none'",
              "base-uri 'none'")
          .doesNotContain("unsafe", "*", "http");
      assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
      assertThat(answer.headers().firstValue("X-Frame-Options")).contains("DENY");
      assertThat(answer.headers().firstValue("Referrer-Policy")).contains("no-referrer");
      assertThat(answer.headers().firstValue("Cross-Origin-Resource-Policy"))
          .contains("same-origin");
    }
  }

  @Test
  void everyFileOfTheDocumentIsThereForEverAndOfThisVersionAlone() throws Exception {
    try (PageBed bed = open()) {
      HttpResponse<String> shell = bed.get(client, "/");
      assertThat(shell.headers().firstValue("Cache-Control")).contains("no-cache");
      assertThat(shell.body()).doesNotContain("{assets}", "<script>", " style=", " onclick");
      String folderOfFiles =
          shell.body().replaceAll("(?s).*href=\"(/assets/[0-9a-f]+/)style.*", "$1");
      for (String name : PageFiles.NAMES) {
        HttpResponse<String> file = bed.get(client, folderOfFiles + name);
        assertThat(file.statusCode()).as(name).isEqualTo(200);
        assertThat(file.headers().firstValue("Cache-Control").orElseThrow()).contains("immutable");
        assertThat(file.body()).doesNotContain("innerHTML", "insertAdjacentHTML", "eval(");
      }
      assertThat(bed.get(client, "/assets/0123456789abcdef/main.js").statusCode()).isEqualTo(404);
      assertThat(bed.get(client, folderOfFiles + "../index.html").statusCode()).isEqualTo(404);
    }
  }

  /** The first look may have been at nothing. */
  @Test
  void copiesOfPeersAreCountedAgainWithinSecondsOfTheirChange() throws Exception {
    try (PageBed bed = open()) {
      awaitCopies(bed, 0);
      bed.put(
          new CopiesState(
              Samples.pin(1, 3, 1).imageDag(),
              List.of(
                  new CopiesState.Copy(
                      new PeerName("peer-0"),
                      CopyPhase.VERIFIED,
                      7,
                      null,
                      null,
                      null,
                      Samples.NOW))));
      clock.advance(Duration.ofSeconds(3));
      awaitCopies(bed, 1);
    }
  }

  private void awaitCopies(PageBed bed, int copies) {
    Eventually.await(
        "peer-0 has " + copies,
        () -> {
          try {
            JsonNode peers = json(bed.get(client, "/api/now")).path("peers");
            return !peers.path("at").isNull() && peers.at("/listed/0/copies").asInt() == copies;
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
  }

  @Test
  void whatIsShownIsWhatTheCommandsKnow() throws Exception {
    try (PageBed bed = open()) {
      bed.fail(
          new WorkFailure(
              APP,
              "convert",
              WorkFailure.Kind.PERMANENT,
              "DIGEST_MISMATCH",
              null,
              "another digest",
              0,
              Samples.NOW,
              null));
      JsonNode known = json(bed.get(client, "/api/now")).path("known").path("value");
      assertThat(known.path("short").asInt()).isEqualTo(1);
      assertThat(known.path("shortImages").path(0).path("name").asText()).isEqualTo(APP);
      assertThat(known.path("troubles").path(0).path("reason").asText())
          .isEqualTo("DIGEST_MISMATCH");
      JsonNode image = json(bed.get(client, "/api/image?image=" + APP));
      assertThat(image.path("found").path("conversions").path(0).path("verified").asInt())
          .isEqualTo(1);
      assertThat(image.path("way").findValuesAsText("step"))
          .contains("hinted", "observed", "converted");
      JsonNode found = json(bed.get(client, "/api/search?text=NGINX"));
      assertThat(found.path("names").path(0).asText()).isEqualTo(APP);
      assertThat(
              json(bed.get(client, "/api/search?text=" + Samples.digest(1).hex().substring(0, 60)))
                  .path("names")
                  .path(0)
                  .asText())
          .isEqualTo(APP);
      assertThat(bed.get(client, "/api/image").statusCode()).isEqualTo(400);
      assertThat(bed.get(client, "/api/image?image=a//b").statusCode()).isEqualTo(400);
    }
  }

  @Test
  void strangersGetTheFormAndNothingElseAndNoBrowserAsksThemForAPassword() throws Exception {
    try (PageBed bed = asking()) {
      assertThat(bed.get(client, "/").statusCode()).isEqualTo(200);
      JsonNode me = json(bed.get(client, "/api/me"));
      assertThat(me.path("login").asBoolean()).isTrue();
      assertThat(me.has("caller")).isFalse();
      for (String view :
          List.of(
              "now", "image?image=x", "sites", "failures", "decisions", "search?text=x", "live")) {
        HttpResponse<String> answer = bed.get(client, "/api/" + view);
        assertThat(answer.statusCode()).as(view).isEqualTo(401);
        assertThat(answer.headers().firstValue("WWW-Authenticate").orElseThrow())
            .startsWith("Bearer");
      }
      assertThat(bed.post(client, "/api/login", "{\"token\": \"wrong\"}").statusCode())
          .isEqualTo(401);
      assertThat(bed.post(client, "/api/decide", "{}").statusCode()).isEqualTo(401);
    }
  }

  @Test
  void aTokenIsShownOnceAndThenACookieThatNoProgramReads() throws Exception {
    try (PageBed bed = asking()) {
      HttpResponse<String> answer =
          bed.post(client, "/api/login", "{\"token\": \"" + ADMIN + "\"}");
      String cookie = answer.headers().firstValue("Set-Cookie").orElseThrow();
      assertThat(cookie).contains("HttpOnly", "SameSite=Strict", "Path=/").doesNotContain(ADMIN);
      String sent = cookie.split(";", 2)[0];
      JsonNode me = json(bed.get(client, "/api/me", "Cookie", sent));
      assertThat(me.path("caller").asText()).isEqualTo("admin");
      assertThat(me.path("decides").asBoolean()).isTrue();
      assertThat(bed.get(client, "/api/now", "Cookie", sent).statusCode()).isEqualTo(200);
      assertThat(bed.get(client, "/api/now", "Cookie", sent + "; " + sent).statusCode())
          .as("of two one may be a stranger's")
          .isEqualTo(401);
      assertThat(bed.audited()).extracting(Audited::operation).contains("login");

      assertThat(bed.post(client, "/api/logout", "{}", "Cookie", sent).statusCode()).isEqualTo(200);
      assertThat(bed.get(client, "/api/now", "Cookie", sent).statusCode()).isEqualTo(401);
    }
  }

  @Test
  void aSessionEndsWithItsToken() throws Exception {
    try (PageBed bed = asking()) {
      String cookie = login(bed, ADMIN);
      assertThat(bed.get(client, "/api/failures", "Cookie", cookie).statusCode()).isEqualTo(200);
      String other = login(bed, LOOKER);
      clock.advance(Duration.ofMinutes(59));
      assertThat(bed.get(client, "/api/failures", "Cookie", cookie).statusCode()).isEqualTo(200);
      clock.advance(Duration.ofMinutes(2));
      assertThat(bed.get(client, "/api/failures", "Cookie", other).statusCode()).isEqualTo(200);
      assertThat(bed.post(client, "/api/login", "{\"token\": \"" + ADMIN + "\"}").statusCode())
          .isEqualTo(401);
      assertThat(bed.get(client, "/api/failures", "Cookie", cookie).statusCode()).isEqualTo(401);
    }
  }

  @Test
  void whoMaySeeOnlySomeRepositoriesIsRefusedAndWhoMayOnlyLookDecidesNothing() throws Exception {
    try (PageBed bed = asking()) {
      String limited = login(bed, LIMITED);
      assertThat(json(bed.get(client, "/api/me", "Cookie", limited)).path("decides").asBoolean())
          .isFalse();
      assertThat(bed.get(client, "/api/now", "Cookie", limited).statusCode()).isEqualTo(403);
      assertThat(bed.get(client, "/api/live", "Cookie", limited).statusCode()).isEqualTo(403);

      String looker = login(bed, LOOKER);
      assertThat(json(bed.get(client, "/api/me", "Cookie", looker)).path("decides").asBoolean())
          .isFalse();
      assertThat(bed.get(client, "/api/now", "Cookie", looker).statusCode()).isEqualTo(200);
      String wish = "{\"action\": \"hold\", \"subject\": \"peer-0\", \"reason\": \"x\"}";
      for (String path : List.of("/api/plan", "/api/decide")) {
        HttpResponse<String> refused = bed.post(client, path, wish, "Cookie", looker);
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).contains("needs scope decide");
      }
      assertThat(bed.decided()).isEmpty();
    }
  }

  @Test
  void aDecisionSaysWhatItWouldDoIsMadeByWhoMakesItAndStandsInTheAuditLog() throws Exception {
    try (PageBed bed = asking()) {
      String cookie = login(bed, ADMIN);
      String wish = "{\"action\": \"hold\", \"subject\": \"peer-0\", \"time\": \"4h\"%s}";
      JsonNode plan = json(bed.post(client, "/api/plan", wish.formatted(""), "Cookie", cookie));
      assertThat(plan.path("lines").path(0).asText()).startsWith("peer-0 gets no new copies until");
      assertThat(bed.decided()).as("only asked").isEmpty();

      assertThat(bed.post(client, "/api/decide", wish.formatted(""), "Cookie", cookie).statusCode())
          .as("without a reason")
          .isEqualTo(400);
      assertThat(bed.decided()).isEmpty();

      String whole = wish.formatted(", \"reason\": \"its disk is replaced\"");
      assertThat(
              json(bed.post(client, "/api/decide", whole, "Cookie", cookie))
                  .path("outcome")
                  .asText())
          .isEqualTo("decided");
      assertThat(bed.decided()).hasSize(1);
      assertThat(bed.decided().getFirst().by()).isEqualTo("admin");
      assertThat(bed.decided().getFirst().until()).isEqualTo(Samples.NOW.plus(Duration.ofHours(4)));
      assertThat(bed.audited())
          .filteredOn(entry -> entry.operation().equals("peer hold"))
          .extracting(Audited::caller, Audited::reference, Audited::status)
          .containsExactly(tuple("admin", "peer-0", "failed"), tuple("admin", "peer-0", "decided"));

      assertThat(bed.post(client, "/api/decide", whole, "Cookie", cookie).statusCode())
          .as("it is on hold already")
          .isEqualTo(409);
      JsonNode listed = json(bed.get(client, "/api/decisions", "Cookie", cookie));
      assertThat(listed.path("listed").path(0).path("reason").asText())
          .isEqualTo("its disk is replaced");
    }
  }

  @Test
  void aForgetIsOfWhatWasShownAlthoughItsTagMovesMeanwhile() throws Exception {
    try (PageBed bed = open()) {
      String wish = "{\"action\": \"forget\", \"subject\": \"" + APP + "\"";
      JsonNode plan = json(bed.post(client, "/api/plan", wish + "}"));
      assertThat(plan.path("expected").path(0).asText()).isEqualTo(Samples.digest(1).toString());
      String decide =
          wish + ", \"reason\": \"a key\", \"expected\": " + plan.path("expected") + "}";

      bed.put(Samples.tag("library/nginx", "1", 2, 1), Samples.image(2));
      HttpResponse<String> moved = bed.post(client, "/api/decide", decide);
      assertThat(moved.statusCode()).isEqualTo(409);
      assertThat(moved.body()).contains("look again");
      assertThat(bed.decided()).isEmpty();

      bed.put(Samples.tag("library/nginx", "1", 1), Samples.image(1));
      assertThat(json(bed.post(client, "/api/decide", decide)).path("outcome").asText())
          .isEqualTo("decided");
      assertThat(bed.catalog().decisions().isForgotten(Samples.digest(1))).isTrue();
      assertThat(
              json(bed.get(client, "/api/image?image=" + APP))
                  .path("forgotten")
                  .path("by")
                  .asText())
          .isEqualTo("anonymous");
    }
  }

  @Test
  void anotherSitesPageChangesAndReadsNothing() throws Exception {
    try (PageBed bed = open()) {
      String wish = "{\"action\": \"hold\", \"subject\": \"peer-0\", \"reason\": \"x\"}";
      for (String site : List.of("cross-site", "same-site", "none")) {
        assertThat(bed.post(client, "/api/decide", wish, "Sec-Fetch-Site", site).statusCode())
            .as(site)
            .isEqualTo(403);
      }
      assertThat(
              bed.post(client, "/api/decide", wish, "Origin", "http://evil.example").statusCode())
          .isEqualTo(403);
      assertThat(bed.get(client, "/api/now", "Sec-Fetch-Site", "cross-site").statusCode())
          .isEqualTo(403);
      assertThat(bed.get(client, "/api/live", "Sec-Fetch-Site", "cross-site").statusCode())
          .isEqualTo(403);
      assertThat(bed.decided()).isEmpty();
      assertThat(raw(bed, "GET /api/now HTTP/1.1\r\nHost: evil.example:5080\r\n\r\n"))
          .startsWith("HTTP/1.1 421 ");
      assertThat(raw(bed, "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"))
          .startsWith("HTTP/1.1 421 ");
    }
  }

  private static String raw(PageBed bed, String request) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), bed.port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readNBytes(15), StandardCharsets.UTF_8);
    }
  }

  @Test
  void thereAreOnlySoManyStreamsAndOneMoreWhenOneHasEnded() throws Exception {
    try (PageBed bed = open()) {
      List<Socket> sockets = new ArrayList<>();
      int each = CallerPlaces.ofEach(LiveStreams.MOST);
      try {
        for (int i = 0; i < each; i++) {
          sockets.add(stream(bed));
        }
        assertThat(bed.get(client, "/api/live").statusCode()).isEqualTo(503);
        assertThat(bed.get(client, "/api/now").statusCode())
            .as("they take nobody else's places")
            .isEqualTo(200);
        sockets.removeLast().close();
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        Socket again = null;
        while (again == null && System.nanoTime() < end) {
          bed.put(Samples.tag("library/nginx", "2", 1));
          again = tryStream(bed);
        }
        assertThat(again).as("a place was given back").isNotNull();
        sockets.add(again);
      } finally {
        for (Socket socket : sockets) {
          socket.close();
        }
      }
    }
  }

  private static Socket stream(PageBed bed) throws Exception {
    Socket socket = tryStream(bed);
    assertThat(socket).isNotNull();
    return socket;
  }

  private static Socket tryStream(PageBed bed) throws Exception {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), bed.port());
    socket.setSoTimeout(10_000);
    socket
        .getOutputStream()
        .write(
            "GET /api/live HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.UTF_8));
    InputStream in = socket.getInputStream();
    String status = new String(in.readNBytes(12), StandardCharsets.UTF_8);
    if (status.equals("HTTP/1.1 200")) {
      return socket;
    }
    socket.close();
    return null;
  }
}
