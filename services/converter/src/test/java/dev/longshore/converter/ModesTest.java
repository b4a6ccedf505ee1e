package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.APP;
import static dev.longshore.converter.TestConverter.observed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longshore.converter.ocicrypt.LayerCipher;
import dev.longshore.converter.ocicrypt.PrivateKeys;
import dev.longshore.events.BlobState;
import dev.longshore.events.ConversionRequest;
import dev.longshore.events.ImageState;
import dev.longshore.ipfs.Cid;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.kubo.Reach;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.Digest;
import dev.longshore.oci.ImageConfig;
import dev.longshore.oci.ImageIndex;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.ManifestHead;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.RepositoryName;
import dev.longshore.runtime.config.Mode;
import dev.longshore.runtime.config.RuleSettings;
import dev.longshore.runtime.step.PermanentFailure;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModesTest {
  private static final KeyPair KEYS = Modes.keys();
  private static final RepositoryName OTHER = RepositoryName.canonical("localhost:5055/team/other");

  @TempDir Path folder;

  @Test
  void eStargzLayersHaveTablesOfContentsAndTheConfigNamesTheirTars() throws Exception {
    TestConverter converter = converter(Mode.ESTARGZ);
    RandomImage source = RandomImage.of(1, RandomImageOptions.multiPlatform());

    ImageState image = converter.convert(source);

    assertThat(image.mode()).isEqualTo("estargz");
    assertThat(image.mediaType()).isEqualTo(MediaType.OCI_INDEX);
    StoredLayout stored = new StoredLayout(converter.peer, image);
    assertThat(stored.top().digest()).hasToString(image.ownDigest());
    assertThat(image.ownDigest()).isNotEqualTo(image.digest());
    List<ImageManifest> images = runnable(stored);
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
            .map(entry -> entry.annotations().get(ModeImage.REFERENCE_DIGEST))
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
    for (ImageManifest manifest : runnable(stored)) {
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
    Descriptor again = new Uploads(converter.registry, APP).push(spaced(source));

    converter.handle(observed(APP, "2", again));

    assertThat(converter.catalog.imagesOf(again.digest().toString()))
        .singleElement()
        .satisfies(image -> assertThat(image.mode()).isEqualTo("estargz"));
    for (Descriptor layer : manifest(source).layers()) {
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
    Descriptor artifact = artifact(new Uploads(converter.registry, APP));

    converter.handle(observed(APP, "1", artifact));

    ImageState image = converter.catalog.imagesOf(artifact.digest().toString()).getFirst();
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
    assertThat(converter.announced()).singleElement().returns("plain", c -> c.mode());
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
    assertThat(converter.announced()).singleElement().returns("plain", c -> c.mode());
    assertThat(converter.catalog.imagesOf(image.digest().toString())).hasSize(1);
  }

  @Test
  void eachModeIsAResultOfItsOwn() throws Exception {
    TestConverter converter = converter(Mode.PLAIN, Mode.ESTARGZ, Mode.ENCRYPTED);

    converter.convert(RandomImage.of(6));

    assertThat(converter.announced())
        .extracting(c -> c.mode())
        .containsExactly("plain", "estargz", "encrypted");
    assertThat(converter.announced()).extracting(c -> c.imageDag()).doesNotHaveDuplicates();
    assertThat(converter.announced()).extracting(c -> c.recipe()).doesNotHaveDuplicates();
    assertThat(converter.peer.pinned()).hasSize(3);
  }

  @Test
  void whoHasTheKeyReadsTheLayersOfAnEncryptedImage() throws Exception {
    TestConverter converter = converter(Mode.ENCRYPTED);
    RandomImage source = RandomImage.of(7);

    ImageState image = converter.convert(source);

    StoredLayout stored = new StoredLayout(converter.peer, image);
    ImageManifest encrypted = runnable(stored).getFirst();
    assertThat(stored.top().digest()).hasToString(image.ownDigest());
    for (int i = 0; i < encrypted.layers().size(); i++) {
      Descriptor layer = encrypted.layers().get(i);
      Descriptor plain = manifest(source).layers().get(i);
      assertThat(layer.mediaType()).isEqualTo(MediaType.OCI_LAYER_GZIP + "+encrypted");
      assertThat(layer.size()).isEqualTo(plain.size());
      assertThat(decrypted(stored.blob(layer.digest()), layer))
          .isEqualTo(source.blobs().get(plain.digest().toString()));
    }
    assertThat(encrypted.config().digest()).isEqualTo(manifest(source).config().digest());
  }

  @Test
  void noBlockOfAnEncryptedImageNamesAPlainDigest() throws Exception {
    TestConverter converter = converter(Mode.ENCRYPTED);
    RandomImage source = RandomImage.of(8, RandomImageOptions.multiPlatform());

    converter.convert(source);

    Set<String> secrets = new TreeSet<>();
    source.manifests().forEach(m -> secrets.add(Digest.parse(m.digest()).hex()));
    source.manifests().stream()
        .map(m -> Manifest.parse(m.body(), m.mediaType()))
        .filter(ImageManifest.class::isInstance)
        .map(ImageManifest.class::cast)
        .flatMap(m -> m.layers().stream())
        .forEach(layer -> secrets.add(layer.digest().hex()));
    assertThat(secrets).hasSizeGreaterThan(10);
    for (String block : blocks(converter)) {
      assertThat(secrets).noneMatch(block::contains);
    }
    assertThat(converter.peer.pinned().values())
        .allSatisfy(name -> assertThat(secrets).noneMatch(name::contains));
  }

  @Test
  void aRedeliveryMakesNoSecondCiphertext() throws Exception {
    List<RuleSettings> rule = rules(Mode.ENCRYPTED);
    TestConverter converter = new TestConverter(TestConverter.SETTINGS, rule);
    RandomImage source = RandomImage.of(9);
    ImageState first = converter.convert(source);
    converter.restart(rule);

    converter.handle(observed(OTHER, "1", new Uploads(converter.registry, OTHER).push(source)));
    converter.handle(
        observed(OTHER, "2", new Uploads(converter.registry, OTHER).push(spaced(source))));

    assertThat(converter.catalog.imagesOf(first.digest())).containsExactly(first);
    List<ImageManifest> other = new ArrayList<>();
    for (ImageState image : converter.catalog.images(null, 10)) {
      other.addAll(runnable(new StoredLayout(converter.peer, image)));
    }
    assertThat(other).hasSize(2);
    assertThat(other.getFirst().layers()).isEqualTo(other.getLast().layers());
  }

  @Test
  void otherRecipientsGetACiphertextOfTheirOwn() throws Exception {
    TestConverter converter = converter(Mode.PLAIN, Mode.ENCRYPTED);
    RandomImage source = RandomImage.of(10);
    converter.convert(source);
    Descriptor top = Descriptor.of(source.root().mediaType(), source.root().body());
    List<String> others = RecipientKeys.inline(List.of(Modes.recipient(folder, Modes.keys())));

    converter.handle(
        observed(APP, "1", top, new ConversionRequest(List.of("encrypted"), List.of(), others)));

    assertThat(converter.catalog.imagesOf(top.digest().toString()))
        .filteredOn(image -> image.mode().equals("encrypted"))
        .hasSize(2)
        .extracting(ImageState::ownDigest)
        .doesNotHaveDuplicates();
  }

  @Test
  void onlyTheChosenLayersAreEncrypted() throws Exception {
    TestConverter converter = converter(Mode.PLAIN, Mode.ENCRYPTED);
    RandomImage source = RandomImage.of(11, RandomImageOptions.small().withLayers(3, 1000));
    Descriptor top = new Uploads(converter.registry, APP).push(source);

    converter.handle(
        observed(
            APP,
            "1",
            top,
            new ConversionRequest(
                List.of("encrypted"), List.of(), List.of(), List.of("-1"), List.of())));

    ImageState image = converter.catalog.imagesOf(top.digest().toString()).getFirst();
    assertThat(runnable(new StoredLayout(converter.peer, image)).getFirst().layers())
        .extracting(layer -> layer.mediaType().endsWith("+encrypted"))
        .containsExactly(false, false, true);
  }

  @Test
  void whatIsNoImageIsNotStoredInAnEncryptedRepository() {
    TestConverter converter = converter(Mode.ENCRYPTED);
    Descriptor artifact = artifact(new Uploads(converter.registry, APP));

    PermanentFailure failure =
        catchThrowableOfType(
            PermanentFailure.class, () -> converter.handle(observed(APP, "1", artifact)));

    assertThat(failure).returns("NOTHING_TO_ENCRYPT", PermanentFailure::reason);
    assertThat(converter.peer.storedBlocks()).isEmpty();
  }

  @Test
  void whatIsNoImageIsStoredInTheOtherModesOfItsRule() throws Exception {
    TestConverter converter = converter(Mode.PLAIN, Mode.ENCRYPTED);
    Descriptor artifact = artifact(new Uploads(converter.registry, APP));

    converter.handle(observed(APP, "1", artifact));

    assertThat(converter.announced()).singleElement().returns("plain", c -> c.mode());
  }

  @Test
  void aRequestCannotBringAnEncryptedRepositoryIntoTheClear() {
    TestConverter converter = converter(Mode.ENCRYPTED);
    Descriptor top = new Uploads(converter.registry, APP).push(RandomImage.of(12));

    assertThat(refused(converter, top, "plain")).returns("MODE_REFUSED", PermanentFailure::reason);
    assertThat(refused(converter, top, "estargz"))
        .returns("MODE_REFUSED", PermanentFailure::reason);
    assertThat(converter.peer.storedBlocks()).isEmpty();
  }

  @Test
  void bothModesForOneResultAreRefusedWithTheReason() {
    TestConverter converter = converter(Mode.PLAIN);
    Descriptor top = new Uploads(converter.registry, APP).push(RandomImage.of(13));

    assertThat(refused(converter, top, "estargz+encrypted"))
        .returns("MODE_UNSUPPORTED", PermanentFailure::reason)
        .hasMessageContaining("cannot be read lazily")
        .hasMessageContaining("estargz,encrypted makes two results");
  }

  @Test
  void recordsWhatATransformMadeOfEachLayer() throws Exception {
    TestConverter converter = converter(Mode.ESTARGZ);
    RandomImage source = RandomImage.of(14);

    ImageState image = converter.convert(source);

    ImageManifest stored = runnable(new StoredLayout(converter.peer, image)).getFirst();
    String transform = transform(converter);
    for (int i = 0; i < stored.layers().size(); i++) {
      String digest = manifest(source).layers().get(i).digest().toString();
      BlobState.Made made =
          converter.catalog.blob(digest, transform).map(BlobState::made).orElseThrow();
      assertThat(made.digest()).isEqualTo(stored.layers().get(i).digest().toString());
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

  private static PermanentFailure refused(TestConverter converter, Descriptor top, String mode) {
    return catchThrowableOfType(
        PermanentFailure.class,
        () ->
            converter.handle(
                observed(
                    APP, "1", top, new ConversionRequest(List.of(mode), List.of(), List.of()))));
  }

  private static Descriptor artifact(Uploads uploads) {
    return uploads.push(
        ImageManifest.of(
            new ManifestHead(
                Optional.of(MediaType.OCI_MANIFEST),
                Optional.of("application/vnd.example.sbom"),
                Optional.empty(),
                Map.of()),
            uploads.layer(MediaType.OCI_EMPTY, "{}".getBytes(StandardCharsets.UTF_8)),
            List.of(uploads.layer("text/plain", new byte[] {1}))));
  }

  private static List<ImageManifest> runnable(StoredLayout stored) throws IOException {
    return stored.images().stream()
        .filter(
            image ->
                image.layers().stream().noneMatch(layer -> layer.mediaType().contains("in-toto")))
        .toList();
  }

  private static ImageManifest manifest(RandomImage image) {
    Manifest root = Manifest.parse(image.root().body(), image.root().mediaType());
    return switch (root) {
      case ImageManifest manifest -> manifest;
      case ImageIndex _ -> throw new AssertionError("an image for one platform is needed");
    };
  }

  /** The same image under another digest. */
  private static RandomImage spaced(RandomImage image) {
    byte[] bytes =
        new String(image.root().body(), StandardCharsets.UTF_8)
            .replace("\"schemaVersion\":2", "\"schemaVersion\": 2")
            .getBytes(StandardCharsets.UTF_8);
    String digest = Digest.of(bytes).toString();
    return new RandomImage(
        digest,
        List.of(new RandomImage.StoredManifest(digest, image.root().mediaType(), bytes)),
        image.blobs());
  }

  private static byte[] tar(byte[] gzip) throws IOException {
    return new GZIPInputStream(new ByteArrayInputStream(gzip)).readAllBytes();
  }

  private static byte[] decrypted(byte[] ciphertext, Descriptor layer) throws IOException {
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    try (PrivateKeys keys =
        PrivateKeys.parse(List.of("private"), path -> KEYS.getPrivate().getEncoded())) {
      LayerCipher.decrypt(new ByteArrayInputStream(ciphertext), layer.annotations(), keys, plain);
    }
    return plain.toByteArray();
  }

  private static List<String> blocks(TestConverter converter) throws Exception {
    List<String> blocks = new ArrayList<>();
    for (Cid cid : converter.peer.storedBlocks()) {
      byte[] bytes =
          converter.peer.block(cid, Reach.LOCAL, Deadline.after(Duration.ofSeconds(10))).bytes();
      blocks.add(new String(bytes, StandardCharsets.ISO_8859_1));
    }
    return blocks;
  }
}
