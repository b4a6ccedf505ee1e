package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.APP;
import static dev.longshore.converter.TestConverter.observed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longshore.converter.mode.RecipientKeys;
import dev.longshore.events.ConversionRequest;
import dev.longshore.events.ImageState;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.Reach;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.Mode;
import dev.longshore.model.ModeName;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.MediaType;
import dev.longshore.ocicrypt.LayerCipher;
import dev.longshore.ocicrypt.PrivateKeys;
import dev.longshore.rules.RuleSettings;
import dev.longshore.runtime.kafka.step.PermanentFailure;
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
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncryptedModeTest {
  private static final KeyPair KEYS = Modes.keys();
  private static final RepositoryName OTHER = RepositoryName.canonical("localhost:5055/team/other");

  @TempDir Path folder;

  @Test
  void whoHasTheKeyReadsTheLayersOfAnEncryptedImage() throws Exception {
    TestConverter converter = converter(Mode.ENCRYPTED);
    RandomImage source = RandomImage.of(7);

    ImageState image = converter.convert(source);

    StoredLayout stored = new StoredLayout(converter.peer, image);
    ImageManifest encrypted = Modes.runnable(stored).getFirst();
    assertThat(stored.top().digest()).isEqualTo(image.ownDigest());
    for (int i = 0; i < encrypted.layers().size(); i++) {
      Descriptor layer = encrypted.layers().get(i);
      Descriptor plain = Modes.manifest(source).layers().get(i);
      assertThat(layer.mediaType()).isEqualTo(MediaType.OCI_LAYER_GZIP + "+encrypted");
      assertThat(layer.size()).isEqualTo(plain.size());
      assertThat(decrypted(stored.blob(layer.digest()), layer))
          .isEqualTo(source.blobs().get(plain.digest().toString()));
    }
    assertThat(encrypted.config().digest()).isEqualTo(Modes.manifest(source).config().digest());
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
        observed(OTHER, "2", new Uploads(converter.registry, OTHER).push(Modes.spaced(source))));

    assertThat(converter.catalog.conversions().ofDigest(first.digest())).containsExactly(first);
    List<ImageManifest> other = new ArrayList<>();
    for (ImageState image : converter.catalog.conversions().page(null, 10)) {
      other.addAll(Modes.runnable(new StoredLayout(converter.peer, image)));
    }
    assertThat(other)
        .hasSize(3)
        .extracting(ImageManifest::layers)
        .containsOnly(other.getFirst().layers());
  }

  /** Else equal layers would tie the secret image to the readable one. */
  @Test
  void aSecretRepositorySharesNoCiphertextWithOneThatIsReadableToo() throws Exception {
    List<String> to = List.of(Modes.recipient(folder, KEYS));
    TestConverter converter =
        new TestConverter(
            TestConverter.SETTINGS,
            List.of(
                Modes.rule(OTHER.toString(), List.of(Mode.PLAIN, Mode.ENCRYPTED), to),
                Modes.rule("**", List.of(Mode.ENCRYPTED), to)));
    RandomImage source = RandomImage.of(10);

    ImageState secret = converter.convert(source);
    converter.handle(observed(OTHER, "1", new Uploads(converter.registry, OTHER).push(source)));

    List<ImageState> encrypted =
        converter.catalog.conversions().ofDigest(secret.digest()).stream()
            .filter(image -> image.mode().is(Mode.ENCRYPTED))
            .toList();
    assertThat(encrypted).hasSize(2);
    List<Digest> layers = new ArrayList<>();
    for (ImageState image : encrypted) {
      for (ImageManifest manifest : Modes.runnable(new StoredLayout(converter.peer, image))) {
        manifest.layers().forEach(layer -> layers.add(layer.digest()));
      }
    }
    assertThat(layers).hasSizeGreaterThan(1).doesNotHaveDuplicates();
  }

  @Test
  void otherRecipientsGetACiphertextOfTheirOwn() throws Exception {
    TestConverter converter = converter(Mode.PLAIN, Mode.ENCRYPTED);
    RandomImage source = RandomImage.of(10);
    converter.convert(source);
    Descriptor top = Descriptor.of(source.root().mediaType(), source.root().body());
    List<String> others = RecipientKeys.inline(List.of(Modes.recipient(folder, Modes.keys())));

    converter.handle(
        observed(
            APP,
            "1",
            top,
            new ConversionRequest(List.of(new ModeName("encrypted")), List.of(), others)));

    assertThat(converter.catalog.conversions().ofDigest(top.digest()))
        .filteredOn(image -> image.mode().text().equals("encrypted"))
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
                List.of(new ModeName("encrypted")),
                List.of(),
                List.of(),
                List.of("-1"),
                List.of())));

    ImageState image = converter.catalog.conversions().ofDigest(top.digest()).getFirst();
    assertThat(Modes.runnable(new StoredLayout(converter.peer, image)).getFirst().layers())
        .extracting(layer -> layer.mediaType().endsWith("+encrypted"))
        .containsExactly(false, false, true);
  }

  @Test
  void whatIsNoImageIsNotStoredInAnEncryptedRepository() {
    TestConverter converter = converter(Mode.ENCRYPTED);
    Descriptor artifact = Modes.artifact(new Uploads(converter.registry, APP));

    PermanentFailure failure =
        catchThrowableOfType(
            PermanentFailure.class, () -> converter.handle(observed(APP, "1", artifact)));

    assertThat(failure).returns("NOTHING_TO_ENCRYPT", PermanentFailure::reason);
    assertThat(converter.peer.storedBlocks()).isEmpty();
  }

  @Test
  void whatIsNoImageIsStoredInTheOtherModesOfItsRule() throws Exception {
    TestConverter converter = converter(Mode.PLAIN, Mode.ENCRYPTED);
    Descriptor artifact = Modes.artifact(new Uploads(converter.registry, APP));

    converter.handle(observed(APP, "1", artifact));

    assertThat(converter.announced()).singleElement().returns("plain", c -> c.mode().text());
  }

  @Test
  void aRequestCannotBringAnEncryptedRepositoryIntoTheClear() {
    TestConverter converter = converter(Mode.ENCRYPTED);
    Descriptor top = new Uploads(converter.registry, APP).push(RandomImage.of(12));

    assertThat(Modes.refused(converter, top, "plain"))
        .returns("MODE_REFUSED", PermanentFailure::reason);
    assertThat(Modes.refused(converter, top, "estargz"))
        .returns("MODE_REFUSED", PermanentFailure::reason);
    assertThat(converter.peer.storedBlocks()).isEmpty();
  }

  private TestConverter converter(Mode... modes) {
    return new TestConverter(TestConverter.SETTINGS, rules(modes));
  }

  private List<RuleSettings> rules(Mode... modes) {
    return List.of(Modes.rule("**", List.of(modes), List.of(Modes.recipient(folder, KEYS))));
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
