package dev.longshore.oci;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.OciFormatException;
import dev.longshore.testing.Attack;
import dev.longshore.testing.HostileInput;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImage.StoredManifest;
import dev.longshore.testing.RandomImageOptions;
import dev.longshore.testing.Sha256;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Image manifests and indexes that were written to break whoever reads them. */
final class ManifestAttackTest {
  /** Bytes; 4 MiB of text, its decoded form and what little tree the limit on tokens leaves. */
  private static final long MOST_BYTES = 160L << 20;

  private static Attack<Manifest> attack(String served) {
    return new Attack<>(
        ManifestAttackTest.class,
        "libs/oci",
        body -> Manifest.parse(body, served),
        List.of(OciFormatException.class),
        MOST_BYTES,
        ManifestAttackTest::holds);
  }

  /** The bytes are kept, and what was understood says the same when it is written and read. */
  private static void holds(Manifest manifest, byte[] body) {
    assertThat(manifest.raw().bytes()).isEqualTo(body);
    assertThat(manifest.digest()).hasToString(Sha256.digest(body));
    assertThat(manifest.children()).allMatch(child -> child.size() >= 0);
    Manifest written = written(manifest);
    if (written.raw().size() <= Manifest.MANIFEST_LIMIT) {
      Manifest again = Manifest.parse(written.raw().bytes(), manifest.mediaType());
      assertThat(again.getClass()).isEqualTo(manifest.getClass());
      assertThat(again.children()).isEqualTo(manifest.children());
      assertThat(again.subject()).isEqualTo(manifest.subject());
      assertThat(again.annotations()).isEqualTo(manifest.annotations());
    }
  }

  private static Manifest written(Manifest manifest) {
    return switch (manifest) {
      case ImageManifest image -> ImageManifest.of(image.head(), image.config(), image.layers());
      case ImageIndex index -> ImageIndex.of(index.head(), index.manifests());
    };
  }

  @Test
  void imagesAreReadOrRefused() {
    List<HostileInput> inputs = HostileManifests.ofImages().inputs(Attack.seed());

    Attack.Tally tally = attack(MediaType.OCI_MANIFEST).with(inputs);

    assertThat(inputs).hasSizeGreaterThanOrEqualTo(60);
    assertThat(tally.accepted()).isPositive();
    assertThat(tally.refused()).isGreaterThan(inputs.size() / 2);
  }

  @Test
  void indexesAreReadOrRefused() {
    List<HostileInput> inputs = HostileManifests.ofIndexes().inputs(Attack.seed());

    Attack.Tally tally = attack("").with(inputs);

    assertThat(inputs).hasSizeGreaterThanOrEqualTo(60);
    assertThat(tally.accepted()).isPositive();
    assertThat(tally.refused()).isGreaterThan(inputs.size() / 2);
  }

  @Test
  void damagedImagesAreReadOrRefused() {
    damaged(RandomImageOptions.small(), HostileManifests.ofImages());
  }

  @Test
  void damagedIndexesAreReadOrRefused() {
    damaged(RandomImageOptions.multiPlatform(), HostileManifests.ofIndexes());
  }

  private static void damaged(RandomImageOptions options, HostileManifests rich) {
    StoredManifest root = RandomImage.of(Attack.seed(), options).root();

    Attack.Tally tally = attack("").mutating(List.of(root.body(), rich.validBytes()));

    assertThat(tally.accepted()).isPositive();
    assertThat(tally.refused()).isPositive();
  }
}
