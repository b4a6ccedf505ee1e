package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.APP;
import static dev.longshore.converter.TestConverter.observed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longshore.events.ImageState;
import dev.longshore.model.Mode;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.ManifestHead;
import dev.longshore.oci.MediaType;
import dev.longshore.rules.PlacementSettings;
import dev.longshore.rules.RuleSettings;
import dev.longshore.rules.SuffixSettings;
import dev.longshore.rules.TagSettings;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What enters IPFS from a repository whose rule has mode encrypted alone. */
class EncryptedOnlyTest {
  private static final String BASE = "org.opencontainers.image.base.digest";
  private static final String DIGEST = "sha256:" + "5".repeat(64);

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        MediaType.OCI_LAYER,
        MediaType.DOCKER_LAYER,
        "application/vnd.in-toto+json",
        "application/vnd.wasm.content.layer.v1+wasm",
        "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
        "application/vnd.oci.image.layer.v1.tar+gzip+encrypted",
        "application/x-own"
      })
  void anImageWithALayerThatWouldStayReadableIsRefused(String mediaType) {
    TestConverter converter = converter(Mode.ENCRYPTED);
    Descriptor image = image(converter, mediaType);

    PermanentFailure failure = refused(converter, image);

    assertThat(failure)
        .returns("LAYER_READABLE", PermanentFailure::reason)
        .hasMessageContaining("layer 1")
        .hasMessageContaining("of its rule");
    assertThat(converter.peer.storedBlocks()).isEmpty();
  }

  @Test
  void theRuleItselfMayLeaveALayerReadable() throws Exception {
    TestConverter converter =
        new TestConverter(
            TestConverter.SETTINGS, List.of(rule(List.of(Mode.ENCRYPTED), List.of("0"))));

    assertThat(types(converter, image(converter, "application/x-own")))
        .containsExactly(MediaType.OCI_LAYER_GZIP + "+encrypted", "application/x-own");
  }

  @Test
  void elsewhereSuchLayersStayAsTheyAre() throws Exception {
    TestConverter converter = converter(Mode.PLAIN, Mode.ENCRYPTED);

    assertThat(types(converter, image(converter, "application/x-own")))
        .containsExactly(MediaType.OCI_LAYER_GZIP + "+encrypted", "application/x-own");
  }

  @Test
  void annotationsThatNameDigestsOrHoldForOtherBytesAreLeftOut() throws Exception {
    TestConverter converter = converter(Mode.ENCRYPTED);
    Uploads uploads = new Uploads(converter.registry, APP);
    Descriptor layer =
        gzip(uploads, 1)
            .withAnnotations(
                Map.of(
                    "containerd.io/snapshot/stargz/toc.digest",
                    DIGEST,
                    "containerd.io/uncompressed",
                    DIGEST,
                    "io.containers.estargz.uncompressed-size",
                    "7",
                    "io.github.containers.zstd-chunked.manifest-position",
                    "1:2:3:4",
                    "own",
                    "kept",
                    "from",
                    "base@" + DIGEST));
    ManifestHead head =
        ManifestHead.of(MediaType.OCI_MANIFEST)
            .withAnnotations(Map.of(BASE, DIGEST, "org.opencontainers.image.title", "kept"));
    Descriptor top =
        uploads
            .push(ImageManifest.of(head, uploads.config(), List.of(layer)))
            .withAnnotations(Map.of("of", DIGEST));
    Descriptor index = uploads.index(top);

    converter.handle(observed(APP, "1", index));

    StoredLayout stored = stored(converter, index);
    ImageManifest form = stored.images().getFirst();
    assertThat(form.annotations()).containsOnlyKeys("org.opencontainers.image.title");
    assertThat(form.layers().getFirst().annotations())
        .containsKey("own")
        .allSatisfy(
            (name, _) -> assertThat(name).matches("own|org\\.opencontainers\\.image\\.enc\\..*"));
    assertThat(stored.manifest(stored.top()).children().getFirst().annotations()).isEmpty();
  }

  @Test
  void otherModesKeepWhatAnnotationsSayOfTheImage() throws Exception {
    TestConverter converter = converter(Mode.PLAIN);
    Uploads uploads = new Uploads(converter.registry, APP);
    ManifestHead head =
        ManifestHead.of(MediaType.OCI_MANIFEST).withAnnotations(Map.of(BASE, DIGEST));
    Descriptor top =
        uploads.push(ImageManifest.of(head, uploads.config(), List.of(gzip(uploads, 1))));

    converter.handle(observed(APP, "1", top));

    assertThat(stored(converter, top).images().getFirst().annotations()).containsKey(BASE);
  }

  private static Descriptor gzip(Uploads uploads, long seed) {
    return uploads.layer(MediaType.OCI_LAYER_GZIP, Uploads.bytes(seed, 500));
  }

  private static Descriptor image(TestConverter converter, String second) {
    Uploads uploads = new Uploads(converter.registry, APP);
    return uploads.image(gzip(uploads, 1), uploads.layer(second, Uploads.bytes(2, 500)));
  }

  private static List<String> types(TestConverter converter, Descriptor image) throws Exception {
    converter.handle(observed(APP, "1", image));
    return stored(converter, image).images().getFirst().layers().stream()
        .map(Descriptor::mediaType)
        .toList();
  }

  private static StoredLayout stored(TestConverter converter, Descriptor top) {
    Optional<ImageState> last =
        converter.catalog.conversions().ofDigest(top.digest()).stream()
            .filter(image -> image.ownDigest() != null || image.mode().text().equals("plain"))
            .reduce((one, other) -> one.mode().text().equals("plain") ? other : one);
    return new StoredLayout(converter.peer, last.orElseThrow());
  }

  private static PermanentFailure refused(TestConverter converter, Descriptor image) {
    return catchThrowableOfType(
        PermanentFailure.class, () -> converter.handle(observed(APP, "1", image)));
  }

  private TestConverter converter(Mode... modes) {
    return new TestConverter(TestConverter.SETTINGS, List.of(rule(List.of(modes), List.of())));
  }

  private RuleSettings rule(List<Mode> modes, List<String> layers) {
    return new RuleSettings(
        "**",
        modes,
        List.of(),
        3,
        1,
        PlacementSettings.ANYWHERE,
        null,
        TagSettings.ALL,
        SuffixSettings.DEFAULT,
        List.of(Modes.recipient(folder, Modes.keys())),
        layers,
        List.of(),
        null,
        null);
  }
}
