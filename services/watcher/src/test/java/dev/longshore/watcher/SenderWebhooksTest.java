package dev.longshore.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Hint;
import dev.longshore.events.Proof;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.watcher.Deliveries.Outcome;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every sender over HTTP, with the proof that it can give, without it, and with nonsense. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SenderWebhooksTest {
  private static final String JSON = "application/json";
  private final SenderBed bed = new SenderBed();

  @BeforeAll
  void listen() throws Exception {
    bed.listen();
  }

  @BeforeEach
  void forget() {
    bed.forget();
  }

  @AfterAll
  void close() throws Exception {
    bed.close();
  }

  static Stream<Golden> goldens() {
    return Golden.all();
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void aSenderIsAdmittedByItsOwnProofAndLeadsToLooks(Golden golden) throws Exception {
    assertThat(bed.post(golden, golden.body(), SenderBed.proof(golden, golden.body())))
        .isEqualTo(202);

    List<String> looks =
        bed.stored.stream().flatMap(hint -> bed.looks(golden, hint).stream()).distinct().toList();
    assertThat(looks).hasSameSizeAs(golden.tells());
    assertThat(bed.stored)
        .allSatisfy(hint -> assertThat(hint.key()).startsWith(golden.sender() + "/"));
    assertThat(bed.seen().outcome()).isEqualTo(looks.isEmpty() ? Outcome.NOTHING : Outcome.HINT);
  }

  @ParameterizedTest
  @MethodSource("dev.longshore.watcher.Golden#oneOfEachSender")
  void whoeverProvesNothingIsRefusedAndCounted(Golden golden) throws Exception {
    double before = bed.counted("refused", golden.form().name(), "");

    assertThat(bed.post(golden, golden.body(), Map.of())).isEqualTo(401);
    assertThat(bed.post(golden, golden.body(), Map.of("Authorization", "Bearer wrong")))
        .isEqualTo(401);

    assertThat(bed.stored).isEmpty();
    assertThat(bed.counted("refused", golden.form().name(), "")).isEqualTo(before + 2);
    assertThat(bed.seen().outcome()).isEqualTo(Outcome.REFUSED);
    assertThat(bed.seen().registry()).isEqualTo(golden.sender());
  }

  @ParameterizedTest
  @ValueSource(strings = {"github-package", "gitea-created", "nexus-created"})
  void aSignatureOfAnotherBodyOrByAnotherSecretIsRefused(String file) throws Exception {
    Golden golden = Golden.named(file);
    byte[] forged =
        new String(golden.body(), StandardCharsets.UTF_8)
            .replace("crane", "forge")
            .getBytes(StandardCharsets.UTF_8);

    assertThat(bed.post(golden, forged, SenderBed.proof(golden, golden.body()))).isEqualTo(401);
    assertThat(bed.post(golden, golden.body(), SenderBed.signed(golden, golden.body(), "another")))
        .isEqualTo(401);

    assertThat(bed.stored).isEmpty();
    assertThat(bed.seen().what()).contains("signature is not of this body");
    Eventually.await(
        "it is audited as a stranger's",
        () ->
            bed.audited.stream()
                .anyMatch(
                    entry ->
                        entry.target().equals("/hooks/" + golden.sender())
                            && entry.status().equals("401")
                            && entry.proof() == Proof.NONE));
  }

  /** Besides those in which each signs by default. */
  @ParameterizedTest
  @CsvSource({
    "gitea, X-Hub-Signature-256, sha256=%s, HmacSHA256",
    "gitea, X-Forgejo-Signature, %s, HmacSHA256",
    "gitea, X-Gitea-Signature, %s, HmacSHA256",
    "headers-json, X-Own-Signature, %s, HmacSHA256",
    "headers-json, X-Own-Signature, sha1=%s, HmacSHA1",
    "headers-cloudevents, X-Own-Signature, sha256=%s, HmacSHA256"
  })
  void aSignatureIsLookedForInEachHeaderThatTheSenderHas(
      String registry, String header, String form, String algorithm) throws Exception {
    byte[] body = SenderBed.bytes("{}");
    String signature = form.formatted(SenderBed.hmac(algorithm, SenderBed.SECRET, body));
    String forged = form.formatted(SenderBed.hmac(algorithm, "another", body));

    assertThat(bed.post(registry, JSON, body, Map.of(header, signature))).isEqualTo(202);
    assertThat(bed.post(registry, JSON, body, Map.of(header, forged))).isEqualTo(401);
    assertThat(bed.post(registry, JSON, body, Map.of("X-Other-Signature", signature)))
        .isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(strings = {"headers-json", "headers-cloudevents"})
  void aSecretIsLookedForInTheHeaderThatTheMappingNames(String registry) throws Exception {
    byte[] body = SenderBed.bytes("{}");

    assertThat(bed.post(registry, JSON, body, Map.of("X-Own-Secret", SenderBed.SECRET)))
        .isEqualTo(202);
    assertThat(bed.post(registry, JSON, body, Map.of("X-Own-Secret", "wrong"))).isEqualTo(401);
    assertThat(bed.post("harbor", JSON, body, Map.of("X-Own-Secret", SenderBed.SECRET)))
        .isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sha1=0000000000000000000000000000000000000000",
        "sha256=00",
        "sha256=",
        "0",
        "sha256=zz00000000000000000000000000000000000000000000000000000000000000"
      })
  void whatIsNoSignatureIsRefusedBeforeTheBodyIsRead(String shown) throws Exception {
    Golden golden = Golden.named("github-package");

    assertThat(bed.post(golden, golden.body(), Map.of("X-Hub-Signature-256", shown)))
        .isEqualTo(401);

    assertThat(bed.stored).isEmpty();
    assertThat(bed.seen().what()).contains("neither the secret nor a signature");
  }

  @Test
  void aStrangersBodyIsHeldUpToAMegabyte() throws Exception {
    Golden golden = Golden.named("github-package");
    byte[] body = new byte[(1 << 20) + 1];

    assertThat(bed.post(golden, body, SenderBed.signed(golden, body, SenderBed.SECRET)))
        .isEqualTo(413);
    assertThat(bed.post(golden, body, Map.of("Authorization", "Bearer " + SenderBed.TOKEN)))
        .isEqualTo(202);
  }

  @Test
  void hintsAreKeptInTheFormThatEveryReleaseReads() throws Exception {
    Golden golden = Golden.named("harbor-push");

    bed.post(golden, golden.body(), SenderBed.listener());

    assertThat(bed.stored)
        .singleElement()
        .satisfies(
            hint -> {
              assertThat(hint.key()).isEqualTo("harbor/dock/crane");
              assertThat(hint.contentType())
                  .isEqualTo("application/vnd.docker.distribution.events.v2+json");
              assertThat(Golden.shortened(new String(hint.bytes(), StandardCharsets.UTF_8)))
                  .isEqualTo(
                      "{\"events\":[{\"action\":\"push\",\"timestamp\":\"2026-03-04T10:00:00Z\",\"target\":{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"repository\":\"dock/crane\",\"tag\":\"v3\",\"digest\":\"D1\"}}]}");
            });
  }

  @Test
  void aNotificationOfManyRepositoriesBecomesAHintForEach() throws Exception {
    StringBuilder batch = new StringBuilder("[");
    for (int i = 0; i < 300; i++) {
      batch
          .append(i == 0 ? "" : ",")
          .append(
              "{\"specversion\":\"1.0\",\"type\":\"zotregistry.image.updated\",\"data\":{\"name\":\"dock/n%d\",\"reference\":\"v%d\"}}"
                  .formatted(i % 3, i));
    }

    int status =
        bed.post(
            "zot",
            "application/cloudevents-batch+json",
            batch.append("]").toString().getBytes(StandardCharsets.UTF_8),
            SenderBed.listener());

    assertThat(status).isEqualTo(202);
    assertThat(bed.stored).hasSize(6);
    assertThat(bed.stored.stream().map(Hint::key).distinct())
        .containsExactlyInAnyOrder("zot/dock/n0", "zot/dock/n1", "zot/dock/n2");
    assertThat(
            bed.stored.stream()
                .mapToInt(hint -> bed.looks(Golden.named("zot-updated"), hint).size())
                .sum())
        .isEqualTo(300);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer %s", "Basic user"})
  void theSecretOpensItsOwnWebhookAlone(String form) throws Exception {
    String value =
        form.startsWith("Bearer")
            ? form.formatted(SenderBed.SECRET)
            : "Basic "
                + Base64.getEncoder()
                    .encodeToString(
                        ("anyone:" + SenderBed.SECRET).getBytes(StandardCharsets.UTF_8));
    Golden golden = Golden.named("harbor-push");

    assertThat(bed.post(golden, golden.body(), Map.of("Authorization", value))).isEqualTo(202);
    assertThat(
            bed.post("without", "application/json", golden.body(), Map.of("Authorization", value)))
        .isEqualTo(401);
    assertThat(
            bed.post("nobody", "application/json", golden.body(), Map.of("Authorization", value)))
        .isEqualTo(401);
    Eventually.await(
        "it is audited by name",
        () -> bed.audited.stream().anyMatch(entry -> entry.caller().equals("sender of harbor")));
  }

  @Test
  void aSecretInTheAddressOpensItAndAppearsNowhere() throws Exception {
    byte[] body = Golden.bytes("dockerhub-push");
    String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    Map<String, String> traced = Map.of("traceparent", "00-" + trace + "-00f067aa0ba902b7-01");
    Map<String, String> known = new HashMap<>(traced);
    known.putAll(SenderBed.listener());

    assertThat(bed.post("dockerhub/" + SenderBed.SECRET, "application/json", body, traced))
        .isEqualTo(202);
    assertThat(bed.post("dockerhub/guess-0815", "application/json", body, traced)).isEqualTo(401);
    assertThat(bed.post("unknown/guess-0815", "application/json", body, traced)).isEqualTo(401);
    assertThat(bed.post("/guess-0815", "application/json", body, traced)).isEqualTo(401);
    assertThat(bed.post("guess-0815", "application/json", body, traced)).isEqualTo(401);
    assertThat(bed.post("dockerhub/guess-0815", "application/json", body, known)).isEqualTo(202);

    Eventually.await(
        "all are audited",
        () -> bed.audited.stream().filter(entry -> entry.target().endsWith("/***")).count() >= 6);
    assertThat(bed.audited.toString()).doesNotContain(SenderBed.SECRET, "guess-0815");
    assertThat(
            bed.spans
                .await(trace, recorded -> recorded.size() >= 2, Duration.ofSeconds(10))
                .toString())
        .contains("/hooks/dockerhub/***")
        .doesNotContain(SenderBed.SECRET, "guess-0815");
    assertThat(bed.deliveries.last().toString()).doesNotContain(SenderBed.SECRET, "guess-0815");
    assertThat(bed.stored)
        .hasSize(2)
        .allSatisfy(hint -> assertThat(hint.source()).isEqualTo("dockerhub"));
  }

  /** As if a sender that has the listener's token too were given a wrong name. */
  @Test
  void aSecretBehindANameThatNoRegistryHasIsNotKept() throws Exception {
    byte[] body = Golden.bytes("dockerhub-push");

    assertThat(bed.post("typo/guess-0815", "application/json", body, SenderBed.listener()))
        .isEqualTo(202);

    assertThat(bed.stored)
        .singleElement()
        .satisfies(hint -> assertThat(hint.source()).isEqualTo("typo"));
    assertThat(bed.seen().registry()).isEqualTo("typo");
    assertThat(bed.seen().outcome()).isEqualTo(Outcome.NOT_UNDERSTOOD);
    assertThat(bed.seen().what()).contains("no registry has this name");
  }

  /** The name is in each hint, beside a body of up to 40 KiB. */
  @Test
  void aNameThatIsTooLongForAHintIsNotTaken() throws Exception {
    byte[] body = Golden.bytes("harbor-push");

    assertThat(bed.post("x".repeat(255), JSON, body, SenderBed.listener())).isEqualTo(202);
    assertThat(bed.post("x".repeat(256), JSON, body, SenderBed.listener())).isEqualTo(404);
    assertThat(bed.stored).hasSize(1);
  }

  /** The handshake of CloudEvents' webhooks, section 4 of their specification. */
  @Test
  void aSenderIsToldThatItMaySendIfItShowsTheSecret() throws Exception {
    for (String secret : List.of(SenderBed.SECRET, "wrong")) {
      HttpResponse<Void> answer =
          bed.client.send(
              HttpRequest.newBuilder(
                      URI.create(
                          "http://" + bed.edge.address() + "/hooks/acr-event-grid/" + secret))
                  .timeout(Duration.ofSeconds(10))
                  .header("WebHook-Request-Origin", "eventgrid.azure.net")
                  .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                  .build(),
              HttpResponse.BodyHandlers.discarding());

      boolean right = secret.equals(SenderBed.SECRET);
      assertThat(answer.statusCode()).isEqualTo(right ? 204 : 401);
      assertThat(answer.headers().allValues("WebHook-Allowed-Origin"))
          .isEqualTo(right ? List.of("*") : List.of());
    }
    assertThat(bed.stored).isEmpty();
  }
}
