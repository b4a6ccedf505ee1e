package dev.longshore.app.keyholder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longshore.model.Digest;
import dev.longshore.model.Platform;
import dev.longshore.model.Reference;
import dev.longshore.model.Tag;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageIndex;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.files.OciLayoutSource;
import dev.longshore.oci.files.OciLayoutWriter;
import dev.longshore.ocicrypt.OcicryptException;
import dev.longshore.ocicrypt.PrivateKeys;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ImageCopyTest {
  private static final RandomImage SOURCE =
      RandomImage.of(41, RandomImageOptions.small().withLayers(3, 1000));
  private static final String HMAC = "org.opencontainers.image.enc.pubopts";
  private static final String JWE = "org.opencontainers.image.enc.keys.jwe";

  @TempDir Path folder;

  private final SealedImages images = new SealedImages();

  private ImageAt decrypted(ImageAt image, Holder holder, Platform... wanted) throws IOException {
    Path target = folder.resolve("plain");
    try (OciLayoutWriter layout = OciLayoutWriter.beside(target);
        PrivateKeys keys = holder.keys()) {
      Descriptor top = ImageCopy.decrypt(image, keys, List.of(wanted), layout, _ -> {});
      layout.index(top, Optional.of(new Tag("v1")), Optional.empty());
      layout.moveTo(target);
    }
    return opened(target);
  }

  private ImageAt rewrapped(ImageAt image, Holder by, Holder to, boolean keepOthers)
      throws IOException {
    Path target = folder.resolve("rewrapped-" + keepOthers);
    try (OciLayoutWriter layout = OciLayoutWriter.beside(target);
        PrivateKeys keys = by.keys()) {
      Descriptor top =
          ImageCopy.rewrap(image, keys, to.recipient(), keepOthers, List.of(), layout, _ -> {});
      layout.index(top, Optional.of(new Tag("v1")), Optional.empty());
      layout.moveTo(target);
    }
    return opened(target);
  }

  private static ImageAt opened(Path layout) throws IOException {
    return new ImageAt(
        "layout",
        OciLayoutSource.open(layout, SealedImages.NAME),
        Reference.tagged(SealedImages.NAME, "v1"));
  }

  private KeyholderException refused(ImageAt image, Holder holder) throws IOException {
    KeyholderException refused =
        catchThrowableOfType(KeyholderException.class, () -> decrypted(image, holder));
    assertThat(refused).isNotNull();
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).as("nothing is left, under no name").isEmpty();
    }
    return refused;
  }

  private static OcicryptException.Kind cause(KeyholderException refused) {
    assertThat(refused.kind()).isEqualTo(KeyholderException.Kind.LAYER);
    return ((OcicryptException) refused.getCause()).kind();
  }

  private static List<Digest> layers(RandomImage source) {
    Manifest manifest = Manifest.parse(source.root().body(), source.root().mediaType());
    return ((ImageManifest) manifest).layers().stream().map(Descriptor::digest).toList();
  }

  /** Changes the lowest layer alone. */
  private static UnaryOperator<List<Descriptor>> lowest(UnaryOperator<Descriptor> change) {
    return layers -> {
      List<Descriptor> changed = new ArrayList<>(layers);
      changed.set(0, change.apply(layers.getFirst()));
      return changed;
    };
  }

  private static UnaryOperator<Descriptor> annotation(String name, UnaryOperator<byte[]> change) {
    return layer -> {
      Map<String, String> annotations = new TreeMap<>(layer.annotations());
      annotations.computeIfPresent(
          name,
          (_, text) ->
              Base64.getEncoder().encodeToString(change.apply(Base64.getDecoder().decode(text))));
      return layer.withAnnotations(annotations);
    };
  }

  private static byte[] changed(byte[] bytes, String after) {
    byte[] changed = bytes.clone();
    int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(after) + after.length();
    changed[at] = (byte) (changed[at] == 'A' ? 'B' : 'A');
    return changed;
  }

  @Test
  void whoHasTheKeyGetsTheVeryLayersAndConfigOfThePlainImage() throws IOException {
    ImageAt plain = decrypted(images.push(SOURCE, Holder.ALICE.recipient()), Holder.ALICE);

    ImageManifest manifest = images.manifest(plain);
    assertThat(manifest.layers()).extracting(Descriptor::digest).isEqualTo(layers(SOURCE));
    assertThat(manifest.layers())
        .noneMatch(SealedImages::isEncrypted)
        .noneMatch(layer -> layer.annotations().toString().contains("image.enc"));
    for (Descriptor child : manifest.children()) {
      assertThat(plain.source().blob(plain.from().name(), child, 0).readAllBytes())
          .isEqualTo(SOURCE.blobs().get(child.digest().toString()));
    }
  }

  @Test
  void everyPlatformOfAnIndexIsDecryptedOrThoseThatAreAskedFor() throws IOException {
    RandomImage source =
        RandomImage.of(42, RandomImageOptions.small().withPlatforms("linux/amd64", "linux/arm64"));
    ImageAt sealed = images.push(source, Holder.ALICE.recipient());

    ImageAt one = decrypted(sealed, Holder.ALICE, Platform.parse("linux/arm64"));

    ImageIndex index = (ImageIndex) SealedImages.read(one, one.source().resolve(one.from()));
    assertThat(index.manifests())
        .singleElement()
        .satisfies(entry -> assertThat(entry.platform()).contains(Platform.parse("linux/arm64")));
    try (OciLayoutWriter all = OciLayoutWriter.in(folder);
        PrivateKeys keys = Holder.ALICE.keys()) {
      Descriptor top = ImageCopy.decrypt(sealed, keys, List.of(), all, _ -> {});
      all.index(top, Optional.of(new Tag("v1")), Optional.empty());
      assertThat(InspectedImage.of(opened(all.folder())))
          .hasSize(2)
          .noneMatch(InspectedImage::encrypted);
    }
    assertThat(
            catchThrowableOfType(
                KeyholderException.class,
                () -> {
                  try (OciLayoutWriter none = OciLayoutWriter.in(folder);
                      PrivateKeys keys = Holder.ALICE.keys()) {
                    ImageCopy.decrypt(
                        sealed, keys, List.of(Platform.parse("plan9/arm")), none, _ -> {});
                  }
                }))
        .returns(KeyholderException.Kind.PLATFORM_UNKNOWN, KeyholderException::kind);
  }

  /** Of what {@code nerdctl push ipfs://} or Longshore stored, read by its root CID. */
  @Test
  void noUrlAndNoEmbeddedContentOfTheEncryptedImageStaysOnWhatWasRewritten() throws IOException {
    RandomImage source =
        RandomImage.of(43, RandomImageOptions.small().withPlatforms("linux/amd64", "linux/arm64"));
    ImageAt sealed = images.inIpfs(images.push(source, Holder.ALICE.recipient()));
    Descriptor before = sealed.source().resolve(sealed.from());
    assertThat(((ImageIndex) SealedImages.read(sealed, before)).manifests())
        .hasSize(2)
        .allSatisfy(entry -> assertThat(entry.urls()).hasSize(1))
        .allSatisfy(entry -> assertThat(entry.data()).isPresent());

    ImageAt plain = decrypted(sealed, Holder.ALICE);

    ImageIndex index = (ImageIndex) SealedImages.read(plain, plain.source().resolve(plain.from()));
    assertThat(index.manifests())
        .hasSize(2)
        .allSatisfy(entry -> assertThat(entry.urls()).isEmpty())
        .allSatisfy(entry -> assertThat(entry.data()).isEmpty())
        .allSatisfy(entry -> assertThat(entry.platform()).isPresent());
    for (Descriptor entry : index.manifests()) {
      ImageManifest manifest = (ImageManifest) SealedImages.read(plain, entry);
      assertThat(manifest.layers()).allSatisfy(layer -> assertThat(layer.urls()).isEmpty());
      assertThat(manifest.config().urls()).as("the config is the same").hasSize(1);
    }
  }

  @Test
  void aWrongKeyIsToldWithTheLayerAndForWhomItIs() throws IOException {
    KeyholderException refused = refused(images.push(SOURCE, Holder.ALICE.recipient()), Holder.BOB);

    assertThat(cause(refused)).isEqualTo(OcicryptException.Kind.WRONG_KEY);
    assertThat(refused)
        .hasMessageContaining("layer 0 of team/app:v1")
        .hasMessageContaining("ECDH-ES+A256KW, P-256");
  }

  @Test
  void aChangedByteIsFoundBeforeTheLayerHasItsName() throws IOException {
    ImageAt image =
        images.push(
            SOURCE,
            Holder.ALICE.recipient(),
            lowest(
                layer -> {
                  try {
                    byte[] bytes = images.blob(layer);
                    bytes[bytes.length / 2] ^= 1;
                    return images.withBytes(layer, bytes);
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                }));

    assertThat(cause(refused(image, Holder.ALICE))).isEqualTo(OcicryptException.Kind.CHANGED_LAYER);
  }

  @Test
  void aChangedHmacIsFound() throws IOException {
    ImageAt image =
        images.push(
            SOURCE,
            Holder.ALICE.recipient(),
            lowest(annotation(HMAC, json -> changed(json, "\"hmac\":\""))));

    assertThat(cause(refused(image, Holder.ALICE))).isEqualTo(OcicryptException.Kind.CHANGED_LAYER);
  }

  @Test
  void aChangedWrappedKeyIsFound() throws IOException {
    ImageAt image =
        images.push(
            SOURCE,
            Holder.ALICE.recipient(),
            lowest(annotation(JWE, json -> changed(json, "\"ciphertext\":\""))));

    assertThat(cause(refused(image, Holder.ALICE)))
        .isEqualTo(OcicryptException.Kind.CHANGED_ANNOTATION);
  }

  /** Each opens and authenticates; only the config says where it belongs. */
  @Test
  void swappedLayersAreFoundByTheConfig() throws IOException {
    ImageAt image = images.push(SOURCE, Holder.ALICE.recipient(), layers -> layers.reversed());

    assertThat(refused(image, Holder.ALICE))
        .returns(KeyholderException.Kind.OTHER_LAYER, KeyholderException::kind)
        .hasMessageContaining("layer 0 of team/app:v1: its tar has digest")
        .hasMessageContaining("layers were swapped");
  }

  @Test
  void aLayerUnderTheAnnotationsOfAnotherIsFound() throws IOException {
    ImageAt image =
        images.push(
            SOURCE,
            Holder.ALICE.recipient(),
            layers ->
                List.of(
                    layers.get(0).withAnnotations(layers.get(1).annotations()),
                    layers.get(1).withAnnotations(layers.get(0).annotations()),
                    layers.get(2)));

    assertThat(cause(refused(image, Holder.ALICE))).isEqualTo(OcicryptException.Kind.CHANGED_LAYER);
  }

  @Test
  void aMissingLayerIsFoundByTheConfig() throws IOException {
    ImageAt image = images.push(SOURCE, Holder.ALICE.recipient(), layers -> layers.subList(0, 2));

    assertThat(refused(image, Holder.ALICE))
        .returns(KeyholderException.Kind.OTHER_LAYER, KeyholderException::kind)
        .hasMessageContaining("names 3 layers and the manifest has 2");
  }

  @Test
  void anImageWithoutEncryptedLayersIsNoneToDecrypt() throws IOException {
    images.registry.push(SealedImages.NAME, "plain", SOURCE);

    assertThat(refused(images.at("plain"), Holder.ALICE))
        .returns(KeyholderException.Kind.NOTHING_ENCRYPTED, KeyholderException::kind)
        .hasMessageContaining("v1-encrypted");
  }

  @Test
  void otherRecipientsChangeAnnotationsAloneAndOnlyTheyOpenIt() throws IOException {
    ImageAt sealed = images.push(SOURCE, Holder.ALICE.recipient());

    ImageAt rewrapped = rewrapped(sealed, Holder.ALICE, Holder.BOB, false);

    ImageManifest before = images.manifest(sealed);
    ImageManifest after = images.manifest(rewrapped);
    assertThat(after.config()).isEqualTo(before.config());
    assertThat(after.layers())
        .extracting(layer -> layer.withAnnotations(Map.of()))
        .isEqualTo(before.layers().stream().map(l -> l.withAnnotations(Map.of())).toList());
    assertThat(after.layers()).doesNotContainAnyElementsOf(before.layers());
    assertThat(images.manifest(decrypted(rewrapped, Holder.BOB)).layers())
        .extracting(Descriptor::digest)
        .isEqualTo(layers(SOURCE));
    assertThat(
            catchThrowableOfType(
                KeyholderException.class,
                () -> {
                  try (OciLayoutWriter layout = OciLayoutWriter.in(folder);
                      PrivateKeys keys = Holder.ALICE.keys()) {
                    ImageCopy.decrypt(rewrapped, keys, List.of(), layout, _ -> {});
                  }
                }))
        .satisfies(e -> assertThat(cause(e)).isEqualTo(OcicryptException.Kind.WRONG_KEY));
  }

  @Test
  void furtherRecipientsOpenItBesideThoseThatItHas() throws IOException {
    ImageAt sealed = images.push(SOURCE, Holder.ALICE.recipient());

    ImageAt both = rewrapped(sealed, Holder.ALICE, Holder.BOB, true);

    for (Holder holder : List.of(Holder.ALICE, Holder.BOB)) {
      try (OciLayoutWriter layout = OciLayoutWriter.in(folder);
          PrivateKeys keys = holder.keys()) {
        ImageCopy.decrypt(both, keys, List.of(), layout, _ -> {});
        for (Digest layer : layers(SOURCE)) {
          assertThat(layout.read(layer).readAllBytes())
              .isEqualTo(SOURCE.blobs().get(layer.toString()));
        }
      }
    }
  }

  @Test
  void whoHasNoKeyCannotChooseOtherRecipients() throws IOException {
    ImageAt sealed = images.push(SOURCE, Holder.ALICE.recipient());

    KeyholderException refused =
        catchThrowableOfType(
            KeyholderException.class, () -> rewrapped(sealed, Holder.BOB, Holder.BOB, true));

    assertThat(cause(refused)).isEqualTo(OcicryptException.Kind.WRONG_KEY);
  }

  @Test
  void inspectionShowsForWhomLayersAreEncryptedWithoutAKey() throws IOException {
    ImageAt both =
        rewrapped(images.push(SOURCE, Holder.ALICE.recipient()), Holder.ALICE, Holder.BOB, true);

    InspectedImage image = InspectedImage.of(both).getFirst();

    assertThat(image.encrypted()).isTrue();
    assertThat(image.layers())
        .hasSize(3)
        .allSatisfy(
            layer -> {
              assertThat(layer.encrypted()).isTrue();
              assertThat(layer.problem()).isEmpty();
              assertThat(layer.keys())
                  .extracting(packet -> packet.scheme() + packet.recipients())
                  .containsExactly("jwe[ECDH-ES+A256KW, P-256]", "jwe[ECDH-ES+A256KW, P-256]");
            });
  }

  @Test
  void inspectionShowsWhatItCanWhereAnnotationsAreDamaged() throws IOException {
    ImageAt image =
        images.push(
            SOURCE,
            Holder.ALICE.recipient(),
            lowest(annotation(JWE, _ -> "{".getBytes(StandardCharsets.US_ASCII))));

    List<InspectedLayer> layers = InspectedImage.of(image).getFirst().layers();

    assertThat(layers.getFirst().problem()).get().asString().contains("enc.keys.jwe");
    assertThat(layers.getLast().keys()).hasSize(1);
  }
}
