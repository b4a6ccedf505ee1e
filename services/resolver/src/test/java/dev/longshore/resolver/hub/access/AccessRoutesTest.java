package dev.longshore.resolver.hub.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.longshore.events.Audited;
import dev.longshore.events.EventJson;
import dev.longshore.events.Proof;
import dev.longshore.model.SiteName;
import dev.longshore.resolver.testing.Edge;
import dev.longshore.resolver.testing.RunningResolver;
import dev.longshore.runtime.edge.access.AccessSettings;
import dev.longshore.runtime.edge.access.CredentialSettings;
import dev.longshore.runtime.edge.http.EdgeOptions;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.settings.Secret;
import dev.longshore.sites.Admission;
import dev.longshore.sites.JoinRequest;
import dev.longshore.sites.SigningKey;
import dev.longshore.sites.SiteJson;
import dev.longshore.sites.SitePaths;
import dev.longshore.testing.ManualClock;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sites that join and renew at the listener of a whole resolver. */
class AccessRoutesTest {
  private static final SiteName SITE = new SiteName("store-17");
  private static final SiteName OTHER = new SiteName("store-18");
  private static final String LISTENERS = "the-listeners-own-t0ken";
  private static final AccessSettings CLOSED =
      AccessSettings.of(new CredentialSettings(null, null, new Secret(LISTENERS)));

  private final ManualClock clock = new ManualClock(Instant.parse("2026-03-01T12:00:00Z"));
  private final MemorySiteCredentials store = new MemorySiteCredentials();
  private final SiteCredentials known = new SiteCredentials(clock);
  private SigningKeys keys;
  private Edge edge;
  private RunningResolver hub;
  @TempDir Path folder;

  @BeforeEach
  void start() throws Exception {
    SigningKeys before = SigningKeys.open(folder.resolve("before.pem"), List.of());
    keys = SigningKeys.open(folder.resolve("signing.pem"), List.of(folder.resolve("before.pem")));
    assertThat(keys.published()).contains(before.current());
    edge = Edge.empty(folder.resolve("cache"));
    hub = hub(CLOSED);
    store.tell(known);
  }

  private RunningResolver hub(AccessSettings access) throws Exception {
    return RunningResolver.hub(
        folder.resolve("home"),
        edge,
        access,
        meter ->
            new AccessRoutes(
                store,
                known,
                () -> Optional.of(Duration.ZERO),
                () -> List.of(new SigningKey("0011223344556677", "key")),
                keys::signers,
                Duration.ofDays(30),
                meter,
                clock));
  }

  @AfterEach
  void stop() throws Exception {
    hub.close();
    edge.close();
  }

  private String added(SiteName site) throws Exception {
    SiteSecret token = SiteSecret.token();
    store.<SiteChangeException>change(
        site,
        current ->
            Optional.of(
                CredentialChanges.added(
                    current, site, "shops", token.hash(), clock.instant(), Duration.ofDays(1))));
    return token.reveal();
  }

  private HttpResponse<byte[]> post(String path, String secret, byte[] body) throws Exception {
    HttpRequest.Builder request = hub.request(path).POST(BodyPublishers.ofByteArray(body));
    return hub.send(
        (secret.isEmpty() ? request : request.header("Authorization", "Bearer " + secret)).build());
  }

  private HttpResponse<byte[]> join(SiteName site, String token) throws Exception {
    return post(SitePaths.join(site), token, SiteJson.write(new JoinRequest("shop-1", "0.2.0")));
  }

  private HttpResponse<byte[]> renew(SiteName site, String credential) throws Exception {
    return post(SitePaths.credential(site), credential, new byte[0]);
  }

  private static Admission admission(HttpResponse<byte[]> answer) throws Exception {
    assertThat(answer.statusCode()).as(new String(answer.body(), UTF_8)).isBetween(200, 201);
    return SiteJson.read(answer.body(), Admission.class);
  }

  @Test
  void aNodeThatAsksAsTheFirstBuildsDidJoins() throws Exception {
    byte[] earlier =
        Files.readAllBytes(Path.of("../../schemas/golden/sites-earlier/join.v1.node.json"));

    Admission joined = admission(post(SitePaths.join(SITE), added(SITE), earlier));

    assertThat(admission(renew(SITE, joined.credential())).site()).isEqualTo(SITE);
  }

  /** So a site that knows one of them may learn the others. */
  @Test
  void eachKeyOfTheHubSignsWhatItAdmitsTo() throws Exception {
    String token = added(SITE);
    HttpResponse<byte[]> answer = join(SITE, token);
    byte[] signed = Admission.signed(answer.body(), token);

    assertThat(answer.headers().firstValue(Admission.SIGNATURE).orElseThrow().split(" "))
        .containsExactlyElementsOf(
            keys.signers().stream().map(key -> key.id() + ":" + key.sign(signed)).toList())
        .hasSize(2);
  }

  @Test
  void aNodeJoinsAndRenewsAndTheAuditKnowsIt() throws Exception {
    HttpResponse<byte[]> answer = join(SITE, added(SITE));
    Admission joined = admission(answer);
    assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
    assertThat(joined.site()).isEqualTo(SITE);
    assertThat(joined.keys()).containsExactly(new SigningKey("0011223344556677", "key"));

    clock.advance(Duration.ofDays(20));
    Admission next = admission(renew(SITE, joined.credential()));
    assertThat(next.joinedAt()).isEqualTo(joined.joinedAt());
    assertThat(next.credential()).isNotEqualTo(joined.credential());

    Eventually.await("both entries", () -> hub.audited.size() == 2);
    assertThat(hub.audited)
        .extracting(Audited::caller, Audited::proof, Audited::operation, Audited::reference)
        .containsExactly(
            tuple("site:store-17", Proof.TOKEN, "site-join", "store-17"),
            tuple("site:store-17/shop-1", Proof.TOKEN, "site-renew", "store-17"));
    assertThat(hub.metrics())
        .contains("longshore_hub_admissions_total{what=\"join\"} 1")
        .contains("longshore_hub_admissions_total{what=\"renewal\"} 1");
  }

  @Test
  void whoeverIsRefusedIsNotToldWhy() throws Exception {
    String open = added(SITE);
    String replayed = added(SITE);
    Admission joined = admission(join(SITE, replayed));
    String others = admission(join(OTHER, added(OTHER))).credential();
    List<HttpResponse<byte[]>> refused = new ArrayList<>();
    refused.add(join(SITE, replayed));
    refused.add(join(SITE, "longshore_join_forged"));
    refused.add(join(SITE, joined.credential()));
    refused.add(join(OTHER, open));
    refused.add(join(new SiteName("no-such"), open));
    refused.add(renew(SITE, open));
    refused.add(renew(SITE, others));
    refused.add(renew(SITE, ""));
    refused.add(renew(SITE, LISTENERS));
    refused.add(post("/v1/sites/UP%2F..%2Fstore-17/credential", joined.credential(), new byte[0]));
    clock.advance(Duration.ofDays(30));
    refused.add(renew(SITE, joined.credential()));
    refused.add(join(SITE, open));
    String late = admission(join(SITE, added(SITE))).credential();
    store.<RuntimeException>change(
        SITE,
        current -> Optional.of(CredentialChanges.revoked(current.orElseThrow(), clock.instant())));
    refused.add(renew(SITE, late));

    assertThat(refused).extracting(HttpResponse::statusCode).containsOnly(401);
    assertThat(refused)
        .extracting(answer -> new String(answer.body(), UTF_8).replaceAll("[0-9a-f]{16}", "ID"))
        .containsOnly(
            "{\"error\":{\"code\":\"UNAUTHORIZED\","
                + "\"message\":\"these credentials are not accepted\",\"requestId\":\"ID\"}}");
    assertThat(refused)
        .allMatch(
            answer ->
                answer.headers().firstValue("WWW-Authenticate").orElse("").startsWith("Bearer "));
    Eventually.await(
        "each is audited",
        () -> hub.audited.stream().filter(entry -> entry.status().equals("401")).count() == 13);
    assertThat(hub.audited)
        .filteredOn(entry -> entry.status().equals("401"))
        .allMatch(entry -> entry.proof() == Proof.NONE)
        .filteredOn(entry -> entry.target().startsWith("/v1/sites/"))
        .hasSize(12)
        .allMatch(entry -> entry.operation().equals("site"));
    for (Refusal refusal : Refusal.values()) {
      assertThat(hub.metrics())
          .doesNotContain("longshore_hub_refusals_total{reason=\"" + refusal.text() + "\"} 0\n");
    }
  }

  /** What opens one of the two must not open the other. */
  @Test
  void aSiteIsNoCallerOfTheRegistryAndItsCallersAreNoSites() throws Exception {
    String token = added(SITE);
    String credential = admission(join(SITE, token)).credential();

    assertThat(hub.get("/v2/", "Authorization", "Bearer " + LISTENERS).statusCode()).isEqualTo(200);
    for (String path : List.of("/v2/", "/v2/_catalog", "/v1/resolve?name=x", "/nothing")) {
      assertThat(hub.get(path, "Authorization", "Bearer " + credential).statusCode())
          .as(path)
          .isEqualTo(401);
    }
  }

  @Test
  void aListenerThatIsOpenToAllLetsSitesInByTheirCredentialsAlone() throws Exception {
    hub.close();
    hub = hub(AccessSettings.OPEN);
    assertThat(hub.get("/v2/").statusCode()).isEqualTo(200);
    String token = added(SITE);

    assertThat(join(SITE, "").statusCode()).isEqualTo(401);
    assertThat(renew(SITE, "").statusCode()).isEqualTo(401);
    Admission joined = admission(join(SITE, token));
    assertThat(renew(SITE, "x").statusCode()).isEqualTo(401);
    admission(renew(SITE, joined.credential()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{\"node\": \"shop-1\"}",
        "{\"node\": \"../shop\", \"version\": \"1\"}",
        "{\"node\": \"\", \"version\": \"1\"}"
      })
  void aBodyThatIsNoRequestTakesNoToken(String body) throws Exception {
    String token = added(SITE);

    assertThat(post(SitePaths.join(SITE), token, body.getBytes(UTF_8)).statusCode()).isEqualTo(400);
    admission(join(SITE, token));
  }

  @Test
  void aBodyThatIsTooLongTakesNoToken() throws Exception {
    String token = added(SITE);

    assertThat(post(SitePaths.join(SITE), token, new byte[EventJson.LIMIT + 1]).statusCode())
        .isEqualTo(413);
    assertThat(
            post(SitePaths.join(SITE), token, new byte[EdgeOptions.MAX_BODY_BYTES + 1])
                .statusCode())
        .isEqualTo(413);
    admission(join(SITE, token));
  }

  @Test
  void whileNothingCanBeStoredNobodyJoinsAndNoTokenIsLost() throws Exception {
    String token = added(SITE);
    String second = added(SITE);
    Admission joined = admission(join(SITE, second));
    store.away(true);

    HttpResponse<byte[]> answer = join(SITE, token);
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("Retry-After")).contains("10");
    assertThat(renew(SITE, joined.credential()).statusCode()).isEqualTo(503);
    assertThat(renew(SITE, "forged").statusCode()).isEqualTo(401);
    store.away(false);
    admission(join(SITE, token));
  }

  /** A site must not take it for the end of its credential. */
  @Test
  void aHubThatHasNotReadItsSitesYetSaysSo() throws Exception {
    hub.close();
    SiteCredentials nothing = new SiteCredentials(clock);
    hub =
        RunningResolver.hub(
            folder.resolve("home"),
            edge,
            CLOSED,
            meter ->
                new AccessRoutes(
                    store,
                    nothing,
                    Optional::empty,
                    List::of,
                    List::of,
                    Duration.ofDays(30),
                    meter,
                    clock));
    String token = added(SITE);

    assertThat(renew(SITE, "any").statusCode()).isEqualTo(503);
    assertThat(join(SITE, token).statusCode()).isEqualTo(503);
    assertThat(hub.metrics()).doesNotContain("longshore_hub_credentials_age_seconds{");
    store.tell(nothing);
    admission(join(SITE, token));
  }
}
