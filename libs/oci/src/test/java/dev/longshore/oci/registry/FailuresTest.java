package dev.longshore.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Kind;
import dev.longshore.oci.source.BlobStream;
import dev.longshore.oci.testing.Fault;
import dev.longshore.oci.testing.HttpRegistry;
import dev.longshore.oci.testing.HttpRegistryOptions;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the client makes of a registry that misbehaves. */
final class FailuresTest {
  private ClientFixture registry;

  @BeforeEach
  void start() throws Exception {
    registry = ClientFixture.plain();
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  private byte[] read(Descriptor blob, long offset) throws Exception {
    try (BlobStream in = registry.client().blob(registry.name, blob, offset)) {
      return in.readAllBytes();
    }
  }

  private byte[] layerBytes() {
    return registry.image.blobs().get(registry.layer().digest().toString());
  }

  private void next(String target, Fault... faults) {
    for (Fault fault : faults) {
      registry.server.content().faults().next(target, fault);
    }
  }

  private static RegistryException failure(ThrowingCallable call) {
    return catchThrowableOfType(RegistryException.class, call);
  }

  private List<String> rangesOf(Digest blob) {
    return registry.server.requests().stream()
        .filter(r -> r.path().endsWith(blob.toString()))
        .map(HttpRegistry.Seen::range)
        .toList();
  }

  @Test
  void aBlobGoesOnWhereTheConnectionWasCut() throws Exception {
    String layer = registry.layer().digest().toString();
    next(layer, new Fault.CutAfter(700), new Fault.CutAfter(100));

    assertThat(read(registry.layer(), 0)).isEqualTo(layerBytes());
    assertThat(rangesOf(registry.layer().digest())).containsExactly("", "bytes=700-", "bytes=800-");
  }

  @Test
  void aServerThatIgnoresRangesSendsItAllAgain() throws Exception {
    try (var plain = new ClientFixture(HttpRegistryOptions.plain().withoutRanges())) {
      plain
          .server
          .content()
          .faults()
          .next(plain.layer().digest().toString(), new Fault.CutAfter(700));
      try (BlobStream in = plain.client().blob(plain.name, plain.layer(), 0)) {
        assertThat(Digest.of(in.readAllBytes())).isEqualTo(plain.layer().digest());
      }
      try (BlobStream in = plain.client().blob(plain.name, plain.layer(), 5)) {
        assertThat(in.readAllBytes()).hasSize((int) plain.layer().size() - 5);
      }
    }
  }

  @Test
  void aBlobThatIsCutEachTimeIsGivenUp() {
    for (int i = 0; i < 10; i++) {
      next(registry.layer().digest().toString(), new Fault.CutAfter(0));
    }

    RegistryException failure = failure(() -> read(registry.layer(), 0));

    assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
    assertThat(failure).hasMessageContaining("after 0 of " + registry.layer().size());
    assertThat(registry.pauses).hasSize(3);
  }

  @Test
  void wrongContentIsNeverRepeated() {
    next(registry.layer().digest().toString(), new Fault.WrongByte());

    RegistryException failure = failure(() -> read(registry.layer(), 0));

    assertThat(failure.kind()).isEqualTo(Kind.BAD_CONTENT);
    assertThat(failure.transientFailure()).isFalse();
    assertThat(failure).hasMessageContaining(registry.layer().digest().toString());
    assertThat(rangesOf(registry.layer().digest())).hasSize(1);
  }

  @Test
  void aPageInPlaceOfABlobIsWrongContent() {
    next(registry.layer().digest().toString(), new Fault.Garbage());

    assertThat(failure(() -> read(registry.layer(), 0)).kind()).isEqualTo(Kind.BAD_CONTENT);
  }

  @Test
  void aWebPageInPlaceOfAnyAnswerPasses() throws Exception {
    next("v1", new Fault.Page());
    next(registry.layer().digest().toString(), new Fault.Page());

    assertThat(registry.client().resolve(Reference.tagged(registry.name, "v1")).digest())
        .isEqualTo(registry.root());
    assertThat(read(registry.layer(), 0)).isNotEmpty();
  }

  @Test
  void aRegistryBehindALastingWebPageIsAway() {
    registry.server.content().faults().always("v1", new Fault.Page());

    RegistryException failure =
        failure(() -> registry.client().resolve(Reference.tagged(registry.name, "v1")));

    assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
    assertThat(failure).hasMessageContaining("web page");
  }

  @Test
  void aMissingLayerIsNotFoundAtOnce() {
    next(registry.layer().digest().toString(), new Fault.Status(404));

    assertThat(failure(() -> read(registry.layer(), 0)).kind()).isEqualTo(Kind.NOT_FOUND);
    assertThat(registry.pauses).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 429, 500, 502, 503, 504})
  void passingFailuresAreRepeatedWithGrowingPauses(int status) throws Exception {
    next("v1", new Fault.Status(status), new Fault.Status(status), new Fault.Status(status));

    assertThat(registry.client().resolve(Reference.tagged(registry.name, "v1")).digest())
        .isEqualTo(registry.root());
    assertThat(registry.pauses).hasSize(3);
    assertThat(registry.pauses.get(0)).isBetween(Duration.ofMillis(100), Duration.ofMillis(200));
    assertThat(registry.pauses.get(1)).isBetween(Duration.ofMillis(200), Duration.ofMillis(400));
    assertThat(registry.pauses.get(2)).isBetween(Duration.ofMillis(400), Duration.ofMillis(800));
  }

  @Test
  void aFailureThatStaysIsReportedWithItsStatus() {
    registry.server.content().faults().always("v1", new Fault.Status(503));

    RegistryException failure =
        failure(() -> registry.client().resolve(Reference.tagged(registry.name, "v1")));

    assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
    assertThat(failure.status()).hasValue(503);
    assertThat(failure.action()).isEqualTo("HEAD manifest");
    assertThat(failure.target()).isEqualTo(registry.name + ":v1");
    assertThat(registry.server.requests()).hasSize(4);
  }

  @Test
  void theWaitThatTheServerAsksForIsKept() throws Exception {
    next("v1", new Fault.Status(429, Optional.of(Duration.ofSeconds(7))));

    registry.client().resolve(Reference.tagged(registry.name, "v1"));

    assertThat(registry.pauses).containsExactly(Duration.ofSeconds(7));
  }

  @Test
  void aLongWaitIsTheCallersAffair() {
    next("v1", new Fault.Status(429, Optional.of(Duration.ofHours(1))));

    RegistryException failure =
        failure(() -> registry.client().resolve(Reference.tagged(registry.name, "v1")));

    assertThat(failure.retryAfter()).hasValue(Duration.ofHours(1));
    assertThat(registry.pauses).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"400, UNSUPPORTED", "403, UNAUTHORIZED", "410, NOT_FOUND", "413, LIMIT"})
  void otherStatusesAreReportedAtOnce(int status, Kind kind) {
    next(registry.root().toString(), new Fault.Status(status));

    RegistryException failure =
        failure(() -> registry.client().manifest(registry.name, registry.root()));

    assertThat(failure.kind()).isEqualTo(kind);
    assertThat(failure.codes()).containsExactly("FAULT");
    assertThat(failure).hasMessageContaining("on demand");
  }

  @Test
  void aManifestOfAnotherDigestIsRefused() {
    next(registry.root().toString(), new Fault.WrongByte());

    assertThat(failure(() -> registry.client().manifest(registry.name, registry.root())).kind())
        .isEqualTo(Kind.BAD_CONTENT);
  }

  @Test
  void aManifestOverFourMebibytesIsRefused() {
    byte[] large = new byte[Manifest.MANIFEST_LIMIT + 1];
    Digest digest =
        registry.server.content().pushManifest(registry.name, MediaType.OCI_MANIFEST, large);

    RegistryException failure = failure(() -> registry.client().manifest(registry.name, digest));

    assertThat(failure.kind()).isEqualTo(Kind.LIMIT);
    assertThat(failure).hasMessageContaining("4194304");
  }

  @Test
  void aDescriptorThatPromisesAnotherSizeIsRefusedBeforeTheBodyIsRead() {
    Descriptor wrong = registry.layer().withContent(registry.layer().digest(), 1_000_000);

    RegistryException failure = failure(() -> registry.client().blob(registry.name, wrong, 0));

    assertThat(failure.kind()).isEqualTo(Kind.BAD_CONTENT);
  }

  static List<HttpRegistryOptions> poorServers() {
    HttpRegistryOptions plain = HttpRegistryOptions.plain();
    return List.of(
        plain.withoutDigestHeader(),
        plain.withoutHead(),
        plain.withoutHead().withoutDigestHeader(),
        plain.withContentType("text/plain; charset=utf-8"),
        plain.withContentType("application/json").withoutDigestHeader());
  }

  @ParameterizedTest
  @org.junit.jupiter.params.provider.MethodSource("poorServers")
  void whatTheHeadersLackIsFoundInTheBody(HttpRegistryOptions options) throws Exception {
    try (var poor = new ClientFixture(options)) {
      Descriptor found = poor.client().resolve(Reference.tagged(poor.name, "v1"));

      assertThat(found)
          .isEqualTo(
              new Descriptor(
                  poor.image.root().mediaType(), poor.root(), poor.image.root().body().length));
    }
  }

  @Test
  void aRegistryWithoutTheReferrersApiKeepsThemUnderATag() throws Exception {
    try (var old = new ClientFixture(HttpRegistryOptions.plain().withoutReferrersApi())) {
      RandomImage other = RandomImage.of(2, RandomImageOptions.multiPlatform());
      assertThat(old.client().referrers(old.name, old.root())).isEmpty();

      old.server.content().push(old.name, "sha256-" + old.root().hex(), other);

      assertThat(old.client().referrers(old.name, old.root())).hasSize(6);
    }
  }

  @Test
  void closingEarlyLeavesTheClientUsable() throws Exception {
    RegistryClient client = registry.client();
    for (int i = 0; i < 20; i++) {
      try (BlobStream in = client.blob(registry.name, registry.layer(), 0)) {
        assertThat(in.read()).isNotNegative();
      }
    }

    try (BlobStream in = client.blob(registry.name, registry.layer(), 0)) {
      assertThat(in.readAllBytes()).isEqualTo(layerBytes());
    }
  }
}
