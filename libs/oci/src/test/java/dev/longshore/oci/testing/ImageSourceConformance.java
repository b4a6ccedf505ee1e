package dev.longshore.oci.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.RegistryException.Kind;
import dev.longshore.oci.source.BlobStream;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.oci.source.Page;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImage.StoredManifest;
import dev.longshore.testing.RandomImageOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link ImageSource} does, whatever it reads from. */
public abstract class ImageSourceConformance {
  private static final int MANY = 10_000;

  /** The repository that the images go to. */
  protected abstract RepositoryName name();

  /** A source that holds these images, all of them in {@link #name}. */
  protected abstract ImageSource holding(List<StoredImage> images) throws Exception;

  private ImageSource holding(RandomImage image) throws Exception {
    return holding(List.of(new StoredImage(name(), "v1", image)));
  }

  private static RandomImage multiPlatform(long seed) {
    return RandomImage.of(seed, RandomImageOptions.multiPlatform());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void aTagResolvesToTheImageItStandsFor(long seed) throws Exception {
    RandomImage image = multiPlatform(seed);

    Descriptor found = holding(image).resolve(Reference.tagged(name(), "v1"));

    assertThat(found).isEqualTo(rootOf(image));
  }

  @Test
  void aDigestResolvesToItself() throws Exception {
    RandomImage image = multiPlatform(4);
    ImageSource source = holding(image);

    for (StoredManifest stored : image.manifests()) {
      Digest digest = Digest.parse(stored.digest());
      assertThat(source.resolve(Reference.digested(name(), digest)).digest()).isEqualTo(digest);
    }
  }

  @Test
  void theDigestOfAReferenceDecidesOverItsTag() throws Exception {
    RandomImage first = RandomImage.of(5);
    RandomImage second = RandomImage.of(6);
    ImageSource source =
        holding(
            List.of(new StoredImage(name(), "v1", first), new StoredImage(name(), "v2", second)));

    Reference both = Reference.canonical(name() + ":v1@" + second.rootDigest());

    assertThat(source.resolve(both).digest()).hasToString(second.rootDigest());
  }

  @Test
  void manifestsComeBackByteForByte() throws Exception {
    RandomImage image = multiPlatform(7);
    ImageSource source = holding(image);

    for (StoredManifest stored : image.manifests()) {
      assertThat(source.manifest(name(), Digest.parse(stored.digest()))).isEqualTo(stored.body());
    }
  }

  @Test
  void everyBlobThatTheManifestsNameComesBack() throws Exception {
    RandomImage image = RandomImage.of(8, RandomImageOptions.multiPlatform().withEmptyLayer());
    ImageSource source = holding(image);

    for (Descriptor blob : blobsOf(image)) {
      try (BlobStream in = source.blob(name(), blob, 0)) {
        assertThat(in.readAllBytes()).isEqualTo(image.blobs().get(blob.digest().toString()));
      }
    }
  }

  @Test
  void aBlobIsReadFromAnyOffset() throws Exception {
    RandomImage image = RandomImage.of(9);
    ImageSource source = holding(image);
    Descriptor blob = blobsOf(image).getLast();
    byte[] whole = image.blobs().get(blob.digest().toString());

    for (int offset : new int[] {0, 1, whole.length / 2, whole.length - 1, whole.length}) {
      try (BlobStream in = source.blob(name(), blob, offset)) {
        assertThat(in.readAllBytes())
            .isEqualTo(java.util.Arrays.copyOfRange(whole, offset, whole.length));
      }
    }
  }

  @Test
  void oneBlobIsReadByManyAtOnce() throws Exception {
    RandomImage image = RandomImage.of(10, RandomImageOptions.small().withLayers(1, 200_000));
    ImageSource source = holding(image);
    Descriptor layer = blobsOf(image).getLast();
    Callable<Digest> read =
        () -> {
          try (BlobStream in = source.blob(name(), layer, 0)) {
            return Digest.of(in.readAllBytes());
          }
        };

    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var result : threads.invokeAll(IntStream.range(0, 8).mapToObj(i -> read).toList())) {
        assertThat(result.get()).isEqualTo(layer.digest());
      }
    }
  }

  @Test
  void whatIsNotThereIsNotFound() throws Exception {
    ImageSource source = holding(RandomImage.of(11));
    Digest unknown = Digest.of(new byte[] {1, 2, 3});
    var blob = new Descriptor("application/octet-stream", unknown, 3);
    var nowhere = new RepositoryName(name().host(), "no/such");

    assertThat(kind(() -> source.resolve(Reference.tagged(name(), "no"))))
        .isEqualTo(Kind.NOT_FOUND);
    assertThat(kind(() -> source.resolve(Reference.digested(name(), unknown))))
        .isEqualTo(Kind.NOT_FOUND);
    assertThat(kind(() -> source.resolve(Reference.tagged(nowhere, "v1"))))
        .isEqualTo(Kind.NOT_FOUND);
    assertThat(kind(() -> source.manifest(name(), unknown))).isEqualTo(Kind.NOT_FOUND);
    assertThat(kind(() -> source.blob(name(), blob, 0))).isEqualTo(Kind.NOT_FOUND);
    assertThat(kind(() -> source.tags(nowhere, Page.START))).isEqualTo(Kind.NOT_FOUND);
  }

  @Test
  void tellsWhichBlobsItServesWithoutSendingThem() throws Exception {
    RandomImage image = RandomImage.of(13, RandomImageOptions.small().withEmptyLayer());
    ImageSource source = holding(image);
    var nowhere = new RepositoryName(name().host(), "no/such");

    for (Descriptor blob : blobsOf(image)) {
      assertThat(source.serves(name(), blob)).isTrue();
      assertThat(source.serves(name(), blob.withContent(blob.digest(), blob.size() + 1))).isFalse();
      assertThat(source.serves(nowhere, blob)).isFalse();
    }
    assertThat(source.serves(name(), Descriptor.of(MediaType.OCI_LAYER, new byte[] {1, 2, 3})))
        .isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 1})
  void aBlobOfAnotherSizeThanDescribedIsNeverHandedOutWhole(int difference) throws Exception {
    RandomImage image = RandomImage.of(12);
    ImageSource source = holding(image);
    Descriptor blob = blobsOf(image).getLast();
    Descriptor wrong = blob.withContent(blob.digest(), blob.size() + difference);

    assertThat(
            kind(
                () -> {
                  try (BlobStream in = source.blob(name(), wrong, 0)) {
                    in.readAllBytes();
                  }
                }))
        .isIn(Kind.BAD_CONTENT, Kind.TRANSIENT);
  }

  @Test
  void allTagsAreListed() throws Exception {
    List<StoredImage> images =
        IntStream.range(0, 7)
            .mapToObj(i -> new StoredImage(name(), "tag-" + i, RandomImage.of(20 + i / 2)))
            .toList();
    ImageSource source = holding(images);

    List<String> tags =
        Page.all(new Attempt("list", "tags"), MANY, cursor -> source.tags(name(), cursor));

    assertThat(tags).containsAll(images.stream().map(StoredImage::tag).toList());
    assertThat(tags).doesNotHaveDuplicates();
  }

  @Test
  void theCatalogListsTheRepository() throws Exception {
    ImageSource source = holding(RandomImage.of(30));

    assertThat(
            Page.all(new Attempt("list", "catalog"), MANY, c -> source.catalog(name().host(), c)))
        .contains(name().repository());
  }

  @Test
  void referrersOfAnImageAreFound() throws Exception {
    RandomImage image = RandomImage.of(31);
    RandomImage signature = Referrers.signatureOf(image, "signed");
    ImageSource source =
        holding(
            List.of(
                new StoredImage(name(), "v1", image),
                new StoredImage(name(), "signature", signature)));

    List<Descriptor> found = source.referrers(name(), Digest.parse(image.rootDigest()));

    assertThat(found)
        .singleElement()
        .satisfies(
            referrer -> {
              assertThat(referrer.digest()).hasToString(signature.rootDigest());
              assertThat(referrer.artifactType()).hasValue(Referrers.SIGNATURE_TYPE);
              assertThat(referrer.annotations())
                  .isEqualTo(Map.of("dev.longshore.signer", "<test & co>"));
            });
    assertThat(source.referrers(name(), Digest.parse(signature.rootDigest()))).isEmpty();
  }

  /** All configs and layers of an image's manifests, each once. */
  protected static List<Descriptor> blobsOf(RandomImage image) {
    var blobs = new ArrayList<Descriptor>();
    for (StoredManifest stored : image.manifests()) {
      Manifest.parse(stored.body(), stored.mediaType()).children().stream()
          .filter(child -> image.blobs().containsKey(child.digest().toString()))
          .filter(child -> blobs.stream().noneMatch(b -> b.digest().equals(child.digest())))
          .forEach(blobs::add);
    }
    return blobs;
  }

  protected static Descriptor rootOf(RandomImage image) {
    StoredManifest root = image.root();
    return new Descriptor(root.mediaType(), Digest.parse(root.digest()), root.body().length);
  }

  private static Kind kind(ThrowingCallable call) {
    return catchThrowableOfType(RegistryException.class, call).kind();
  }
}
