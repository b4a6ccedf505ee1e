package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.APP;
import static dev.longshore.converter.TestConverter.observed;
import static dev.longshore.converter.Uploads.absent;
import static dev.longshore.converter.Uploads.on;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longshore.converter.source.ImageLimits;
import dev.longshore.events.ConversionRequest;
import dev.longshore.model.Mode;
import dev.longshore.model.ModeName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.ManifestHead;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.testing.Fault;
import dev.longshore.rules.RuleSettings;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.settings.value.ByteSize;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What can never be converted: nothing of it is announced or pinned, and the failure says why. */
class BrokenImageTest {
  private TestConverter converter = new TestConverter();
  private Uploads uploads = new Uploads(converter.registry, APP);

  @Test
  void layerWithOtherBytes() {
    Descriptor layer = uploads.layer(1, 600_000);
    Descriptor image = uploads.image(layer);
    converter.registry.faults().next(layer.digest().toString(), new Fault.WrongByte());

    assertThat(refused(image))
        .returns("DIGEST_MISMATCH", PermanentFailure::reason)
        .hasMessageContaining(layer.digest().toString());
  }

  @Test
  void layerWithMoreBytesThanItsDescriptorSays() {
    Descriptor layer = uploads.layer(1, 1000);
    Descriptor shorter = new Descriptor(layer.mediaType(), layer.digest(), 999);

    assertThat(refused(uploads.image(shorter)))
        .returns("DIGEST_MISMATCH", PermanentFailure::reason);
  }

  @Test
  void layerThatWasNotPushed() {
    assertThat(refused(uploads.image(uploads.layer(1, 10), absent(MediaType.OCI_LAYER_GZIP))))
        .returns("BLOB_UNKNOWN", PermanentFailure::reason)
        .hasMessageContaining("team/app");
  }

  @Test
  void layerOfTwoSizes() {
    Descriptor layer = uploads.layer(1, 1000);

    assertThat(refused(uploads.image(layer, new Descriptor(layer.mediaType(), layer.digest(), 7))))
        .returns("SIZE_MISMATCH", PermanentFailure::reason);
  }

  @Test
  void manifestThatIsGone() {
    Descriptor image = uploads.image(uploads.layer(1, 10));
    converter.registry.delete(APP, image.digest());

    assertThat(refused(image)).returns("MANIFEST_UNKNOWN", PermanentFailure::reason);
  }

  @Test
  void manifestOfAnIndexThatWasNotPushed() {
    assertThat(refused(uploads.index(absent(MediaType.OCI_MANIFEST))))
        .returns("MANIFEST_UNKNOWN", PermanentFailure::reason);
  }

  @Test
  void manifestThatIsNone() {
    byte[] body = "{\"schemaVersion\":1}".getBytes(StandardCharsets.UTF_8);
    converter.registry.pushManifest(APP, MediaType.OCI_MANIFEST, body);

    assertThat(refused(Descriptor.of(MediaType.OCI_MANIFEST, body)))
        .returns("MANIFEST_INVALID", PermanentFailure::reason)
        .hasMessageContaining("schemaVersion");
  }

  @Test
  void manifestOverFourMebibytes() {
    byte[] body = new byte[Manifest.MANIFEST_LIMIT + 1];
    converter.registry.pushManifest(APP, MediaType.OCI_MANIFEST, body);
    Descriptor manifest = Descriptor.of(MediaType.OCI_MANIFEST, body);

    assertThat(refused(manifest)).returns("MANIFEST_TOO_BIG", PermanentFailure::reason);
    assertThat(converter.registry.requests()).isEmpty();
    assertThat(refused(new Descriptor(manifest.mediaType(), manifest.digest(), 10)))
        .returns("MANIFEST_TOO_BIG", PermanentFailure::reason);
  }

  @Test
  void manifestOfAnotherSizeThanItsDescriptorSays() {
    Descriptor image = uploads.image(uploads.layer(1, 10));

    assertThat(refused(new Descriptor(image.mediaType(), image.digest(), image.size() + 1)))
        .returns("SIZE_MISMATCH", PermanentFailure::reason);
  }

  @Test
  void indexesNestedDeeperThanTheLimit() throws Exception {
    Descriptor allowed = uploads.image(uploads.layer(1, 10));
    for (int level = 0; level < ImageLimits.NESTING; level++) {
      allowed = uploads.index(allowed);
    }
    Descriptor tooDeep = uploads.index(allowed);

    assertThat(refused(tooDeep))
        .returns("NESTING_TOO_DEEP", PermanentFailure::reason)
        .hasMessageContaining("level 5 (expected: at most 4)");
    converter.handle(observed(APP, "1", allowed));
    assertThat(converter.announced()).hasSize(1);
  }

  @Test
  void moreManifestsThanTheLimitEvenIfTheyAreTheSame() {
    Descriptor image = uploads.image(uploads.layer(1, 10));
    var entries = new ArrayList<Descriptor>();
    for (int i = 0; i < ImageLimits.MANIFESTS; i++) {
      entries.add(image);
    }

    assertThat(refused(uploads.index(entries.toArray(Descriptor[]::new))))
        .returns("TOO_MANY_MANIFESTS", PermanentFailure::reason);
  }

  @Test
  void moreBytesOfManifestsThanTheLimit() {
    var entries = new ArrayList<Descriptor>();
    for (int i = 0; i < 3; i++) {
      Map<String, String> annotations = Map.of("n" + i, "x".repeat(3_500_000));
      entries.add(
          uploads.push(
              ImageManifest.of(
                  ManifestHead.of(MediaType.OCI_MANIFEST).withAnnotations(annotations),
                  uploads.config(),
                  List.of())));
    }

    assertThat(refused(uploads.index(entries.toArray(Descriptor[]::new))))
        .returns("TOO_MANY_MANIFESTS", PermanentFailure::reason)
        .hasMessageContaining("8388608 bytes");
  }

  @Test
  void imageLargerThanItsRuleAllows() {
    var rule = new RuleSettings("**", List.of(Mode.PLAIN), List.of(), 3, 1, ByteSize.parse("1KiB"));
    converter = new TestConverter(TestConverter.SETTINGS, List.of(rule));
    uploads = new Uploads(converter.registry, APP);
    Descriptor layer = uploads.layer(1, 1024);

    assertThat(refused(uploads.image(layer)))
        .returns("IMAGE_TOO_BIG", PermanentFailure::reason)
        .hasMessageContaining("at most 1024");
    assertThat(converter.registry.reads(layer.digest())).isZero();
  }

  @Test
  void indexWithoutThePlatformThatWasAskedFor() {
    Descriptor index = uploads.index(on("linux/amd64", uploads.image(uploads.layer(1, 10))));

    assertThat(refused(index, new ConversionRequest(List.of(), List.of("linux/s390x"), List.of())))
        .returns("PLATFORM_UNKNOWN", PermanentFailure::reason)
        .hasMessageContaining("linux/s390x")
        .hasMessageContaining("linux/amd64");
  }

  @Test
  void modeThatThisReleaseDoesNotHave() {
    Descriptor image = uploads.image(uploads.layer(1, 10));

    assertThat(
            refused(
                image, new ConversionRequest(List.of(new ModeName("zstd")), List.of(), List.of())))
        .returns("MODE_UNSUPPORTED", PermanentFailure::reason)
        .hasMessageContaining("zstd");
  }

  private PermanentFailure refused(Descriptor top) {
    return refused(top, null);
  }

  private PermanentFailure refused(Descriptor top, ConversionRequest request) {
    PermanentFailure failure =
        catchThrowableOfType(
            PermanentFailure.class, () -> converter.handle(observed(APP, "1", top, request)));
    assertThat(failure).isNotNull();
    assertThat(converter.committed).isEmpty();
    assertThat(converter.peer.pinned()).isEmpty();
    return failure;
  }
}
