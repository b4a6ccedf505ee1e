package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.APP;
import static dev.longshore.converter.TestConverter.observed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longshore.converter.source.PlanNode;
import dev.longshore.events.BlobState;
import dev.longshore.events.ImageState;
import dev.longshore.model.Digest;
import dev.longshore.model.Mode;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageConfig;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.MediaType;
import dev.longshore.rules.RuleSettings;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModesTest {
  private static final KeyPair KEYS = Modes.keys();

  @TempDir Path folder;

  @Test
  void eStargzLayersHaveTablesOfContentsAndTheConfigNamesTheirTars() throws Exception {
    TestConverter converter = converter(Mode.ESTARGZ);
    RandomImage source = RandomImage.of(1, RandomImageOptions.multiPlatform());

    ImageState image = converter.convert(source);

    assertThat(image.mode()).hasToString("estargz");
    assertThat(image.mediaType()).isEqualTo(MediaType.OCI_INDEX);
    StoredLayout stored = new StoredLayout(converter.peer, image);
    assertThat(stored.top().digest()).isEqualTo(image.ownDigest());
    assertThat(image.ownDigest()).isNotEqualTo(image.digest());
    List<ImageManifest> images = Modes.runnable(stored);
    assertThat(images).hasSize(3);
    for (ImageManifest manifest : images) {
      List<Digest> diffIds = ImageConfig.diffIds(stored.blob(manifest.config().digest()));
      for (int i = 0; i < manifest.layers().size(); i++) {
        Descriptor layer = manifest.layers().get(i);
        byte[] blob = stored.blob(layer.digest());
        assertThat(Digest.of(blob)).isEqualTo(layer.digest());
        assertThat(layer.mediaType()).isEqualTo(MediaType.OCI_LAYER_GZIP);
        assertThat(layer.annotations())
            .containsKeys(
                "containerd.io/snapshot/stargz/toc.digest",
                "io.containers.estargz.uncompressed-size");
        assertThat(Digest.of(tar(blob))).isEqualTo(diffIds.get(i));
      }
    }
  }

  @Test
  void anAttestationStaysWithTheImageThatItIsOf() throws Exception {
    TestConverter converter = converter(Mode.ESTARGZ);

    ImageState image = converter.convert(RandomImage.of(2, RandomImageOptions.multiPlatform()));

    StoredLayout stored = new StoredLayout(converter.peer, image);
    List<Descriptor> entries = stored.manifest(stored.top()).children();
    Set<String> digests = new TreeSet<>();
    entries.forEach(entry -> digests.add(entry.digest().toString()));
    List<String> references =
        entries.stream()
            .map(entry -> entry.annotations().get(PlanNode.REFERENCE_DIGEST))
            .filter(reference -> reference != null)
            .toList();
    assertThat(references).hasSize(3);
    assertThat(digests).containsAll(references);
  }

  @Test
  void dockersManifestsBecomeOcis() throws Exception {
    TestConverter converter = converter(Mode.ESTARGZ);

    ImageState image =
        converter.convert(RandomImage.of(3, RandomImageOptions.multiPlatform().asDocker()));

    assertThat(image.mediaType()).isEqualTo(MediaType.DOCKER_LIST);
    StoredLayout stored = new StoredLayout(converter.peer, image);
    assertThat(stored.top().mediaType()).isEqualTo(MediaType.OCI_INDEX);
    for (ImageManifest manifest : Modes.runnable(stored)) {
      assertThat(manifest.mediaType()).isEqualTo(MediaType.OCI_MANIFEST);
      assertThat(manifest.config().mediaType()).isEqualTo(MediaType.OCI_CONFIG);
    }
  }

  @Test
  void aLayerThatWasConvertedIsTakenFromItsRecord() throws Exception {
    TestConverter converter = converter(Mode.ESTARGZ);
    RandomImage source = RandomImage.of(4);
    converter.convert(source);
    converter.restart(rules(Mode.ESTARGZ));
    Descriptor again = new Uploads(converter.registry, APP).push(Modes.spaced(source));

    converter.handle(observed(APP, "2", again));

    assertThat(converter.catalog.conversions().ofDigest(again.digest()))
        .singleElement()
        .satisfies(image -> assertThat(image.mode()).hasToString("estargz"));
    for (Descriptor layer : Modes.manifest(source).layers()) {
      assertThat(converter.registry.reads(layer.digest())).isEqualTo(1);
    }
  }

  @Test
  void theSameImageHasTheSameCidsOnEveryConverter() throws Exception {
    RandomImage source = RandomImage.of(5);

    assertThat(converter(Mode.ESTARGZ).convert(source))
        .isEqualTo(converter(Mode.ESTARGZ).convert(source));
  }

  @Test
  void whatIsNoImageStaysAsItIsInModeEstargz() throws Exception {
    TestConverter converter = converter(Mode.ESTARGZ);
    Descriptor artifact = Modes.artifact(new Uploads(converter.registry, APP));

    converter.handle(observed(APP, "1", artifact));

    ImageState image = converter.catalog.conversions().ofDigest(artifact.digest()).getFirst();
    assertThat(image.ownDigest()).isNull();
    assertThat(new StoredLayout(converter.peer, image).top().digest()).isEqualTo(artifact.digest());
  }

  @Test
  void aLayerThatIsNoTarIsAPermanentFailureOfItsModeAlone() throws Exception {
    TestConverter converter = converter(Mode.PLAIN, Mode.ESTARGZ);
    Uploads uploads = new Uploads(converter.registry, APP);
    Descriptor image = uploads.image(uploads.layer(1, 3000));

    PermanentFailure failure =
        catchThrowableOfType(
            PermanentFailure.class, () -> converter.handle(observed(APP, "1", image)));

    assertThat(failure).returns("LAYER_UNFIT", PermanentFailure::reason);
    assertThat(converter.announced()).singleElement().returns("plain", c -> c.mode().text());
  }

  @Test
  void aModeOfWhichNothingCanBeMadeKeepsNoLaterOneFromItsTurn() throws Exception {
    TestConverter converter = converter(Mode.ESTARGZ, Mode.PLAIN);
    Uploads uploads = new Uploads(converter.registry, APP);
    Descriptor image = uploads.image(uploads.layer(1, 3000));

    PermanentFailure failure =
        catchThrowableOfType(
            PermanentFailure.class, () -> converter.handle(observed(APP, "1", image)));

    assertThat(failure).returns("LAYER_UNFIT", PermanentFailure::reason);
    assertThat(converter.announced()).singleElement().returns("plain", c -> c.mode().text());
    assertThat(converter.catalog.conversions().ofDigest(image.digest())).hasSize(1);
  }

  @Test
  void eachModeIsAResultOfItsOwn() throws Exception {
    TestConverter converter = converter(Mode.PLAIN, Mode.ESTARGZ, Mode.ENCRYPTED);

    converter.convert(RandomImage.of(6));

    assertThat(converter.announced())
        .extracting(c -> c.mode().text())
        .containsExactly("plain", "estargz", "encrypted");
    assertThat(converter.announced()).extracting(c -> c.imageDag()).doesNotHaveDuplicates();
    assertThat(converter.announced()).extracting(c -> c.recipe()).doesNotHaveDuplicates();
    assertThat(converter.peer.pinned()).hasSize(3);
  }

  @Test
  void bothModesForOneResultAreRefusedWithTheReason() {
    TestConverter converter = converter(Mode.PLAIN);
    Descriptor top = new Uploads(converter.registry, APP).push(RandomImage.of(13));

    assertThat(Modes.refused(converter, top, "estargz+encrypted"))
        .returns("MODE_UNSUPPORTED", PermanentFailure::reason)
        .hasMessageContaining("cannot be read lazily")
        .hasMessageContaining("estargz,encrypted makes two results");
  }

  @Test
  void recordsWhatATransformMadeOfEachLayer() throws Exception {
    TestConverter converter = converter(Mode.ESTARGZ);
    RandomImage source = RandomImage.of(14);

    ImageState image = converter.convert(source);

    ImageManifest stored = Modes.runnable(new StoredLayout(converter.peer, image)).getFirst();
    String transform = transform(converter);
    for (int i = 0; i < stored.layers().size(); i++) {
      Digest digest = Modes.manifest(source).layers().get(i).digest();
      BlobState.Made made =
          converter
              .catalog
              .conversions()
              .blob(digest, transform)
              .map(BlobState::made)
              .orElseThrow();
      assertThat(made.digest()).isEqualTo(stored.layers().get(i).digest());
    }
  }

  /** The transform as it stands in the records. */
  private static String transform(TestConverter converter) {
    return converter.committed.stream()
        .filter(BlobState.class::isInstance)
        .map(record -> ((BlobState) record).transform())
        .filter(transform -> !transform.equals(BlobState.NONE))
        .findFirst()
        .orElseThrow();
  }

  private TestConverter converter(Mode... modes) {
    return new TestConverter(TestConverter.SETTINGS, rules(modes));
  }

  private List<RuleSettings> rules(Mode... modes) {
    return List.of(Modes.rule("**", List.of(modes), List.of(Modes.recipient(folder, KEYS))));
  }

  private static byte[] tar(byte[] gzip) throws IOException {
    return new GZIPInputStream(new ByteArrayInputStream(gzip)).readAllBytes();
  }
}
