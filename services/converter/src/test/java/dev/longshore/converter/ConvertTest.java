package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.APP;
import static dev.longshore.converter.TestConverter.observed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.converter.mode.CanonicalRecipe;
import dev.longshore.events.BlobState;
import dev.longshore.events.Converted;
import dev.longshore.events.CopyStatus;
import dev.longshore.events.ImageState;
import dev.longshore.events.Observed;
import dev.longshore.events.Origin;
import dev.longshore.events.PinState;
import dev.longshore.events.TagState;
import dev.longshore.ipfs.Deadline;
import dev.longshore.model.Digest;
import dev.longshore.model.Mode;
import dev.longshore.model.ModeName;
import dev.longshore.model.PeerName;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.oci.Descriptor;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConvertTest {
  private static final RandomImage IMAGE = RandomImage.of(1);
  private final TestConverter converter = new TestConverter();
  private Descriptor top;

  @BeforeEach
  void push() {
    top = converter.registry.push(APP, "1", IMAGE);
  }

  @Test
  void announcesAnImageThatThePeerHasPinnedByName() throws Exception {
    converter.handle(observed(APP, "1", top));

    ImageState image = converter.catalog.conversions().ofDigest(top.digest()).getFirst();
    assertThat(converter.announced())
        .containsExactly(
            new Converted(
                image.imageDag(),
                image.root(),
                top.digest(),
                CanonicalRecipe.plain(List.of()).key(),
                ModeName.of(Mode.PLAIN),
                APP,
                new Tag("1"),
                new PeerName("ingest"),
                IMAGE.blobBytes() + top.size(),
                3,
                TestConverter.NOON));
    assertThat(converter.peer.pinned())
        .containsEntry(
            image.imageDag().cid(),
            "longshore:default:" + top.digest() + "/" + CanonicalRecipe.plain(List.of()).key());
    assertThat(image.platforms()).containsExactly("linux/amd64");
    assertThat(image.missing()).isEmpty();
    assertThat(image.blobs()).isEqualTo(IMAGE.blobs().size() + 1);
  }

  @Test
  void recordsWhereEachBlobWent() throws Exception {
    converter.handle(observed(APP, "1", top));

    for (String digest : IMAGE.blobs().keySet()) {
      BlobState blob =
          converter.catalog.conversions().blob(Digest.parse(digest), BlobState.NONE).orElseThrow();
      assertThat(blob.size()).isEqualTo(IMAGE.blobs().get(digest).length);
      assertThat(converter.peer.storedBlocks()).contains(blob.cid().checked());
    }
  }

  @Test
  void readsNothingForTheSameDigestUnderAnotherTagWhilePinsHaveIt() throws Exception {
    ImageState image = converter.convert(IMAGE);
    converter.commit(pins(image, 3));
    long requests = converter.registry.requests().size();

    Effects effects = converter.handle(observed(APP, "2", top));

    assertThat(effects).isEqualTo(Effects.NONE);
    assertThat(converter.registry.requests()).hasSize((int) requests);
  }

  @Test
  void announcesAgainWithoutReadingWhenThePinnerHasNotHeardOfIt() throws Exception {
    ImageState image = converter.convert(IMAGE);
    long requests = converter.registry.requests().size();

    Effects effects = converter.handle(observed(APP, "2", top));

    assertThat(effects.records()).hasSize(1).first().isInstanceOf(Converted.class);
    assertThat(((Converted) effects.records().getFirst()).imageDag()).isEqualTo(image.imageDag());
    assertThat(converter.registry.requests()).hasSize((int) requests);
  }

  @Test
  void aPushOfWhatIsKnownHasThePinnerLookAtItsCopiesAgain() throws Exception {
    ImageState image = converter.convert(IMAGE);
    converter.commit(pins(image, 3));
    long requests = converter.registry.requests().size();
    Observed seen = observed(APP, "1", top);
    Observed pushed =
        new Observed(
            seen.name(),
            seen.tag(),
            seen.digest(),
            seen.mediaType(),
            seen.size(),
            Origin.PUSH,
            seen.hintedAt(),
            seen.observedAt(),
            null);

    Effects effects = converter.handle(pushed);

    assertThat(effects.records()).singleElement().isInstanceOf(Converted.class);
    assertThat(converter.registry.requests()).hasSize((int) requests);
  }

  @Test
  void announcesAgainWhenARuleAsksForMoreCopiesThanPinsHave() throws Exception {
    ImageState image = converter.convert(IMAGE);
    converter.commit(pins(image, 2));

    assertThat(converter.handle(observed(APP, "1", top)).records())
        .singleElement()
        .isInstanceOf(Converted.class);
  }

  @Test
  void convertsAgainWhatNobodyHasAnyMoreAndKeepsTheFirstRecord() throws Exception {
    ImageState image = converter.convert(IMAGE);
    converter.peer.unpin(
        image.imageDag().cid(), "longshore:", Deadline.after(Duration.ofSeconds(5)));
    converter.peer.storedBlocks().forEach(converter.peer::lose);
    converter.clock.advance(Duration.ofHours(1));

    Effects effects = converter.handle(observed(APP, "1", top));

    assertThat(effects.records()).singleElement().isInstanceOf(Converted.class);
    assertThat(converter.peer.pinned()).containsKey(image.imageDag().cid());
    assertThat(converter.catalog.conversions().ofDigest(top.digest())).containsExactly(image);
  }

  @Test
  void takesKnownBlobsOfOtherImagesAsTheyAre() throws Exception {
    converter.handle(observed(APP, "1", top));
    RepositoryName other = RepositoryName.canonical("localhost:5055/team/other");
    Descriptor again = converter.registry.push(other, "1", withAnotherManifest());

    converter.handle(observed(other, "1", again));

    for (String digest : IMAGE.blobs().keySet()) {
      assertThat(converter.registry.reads(Digest.parse(digest))).isEqualTo(1);
    }
    assertThat(converter.announced()).hasSize(2);
  }

  @Test
  void looksAtTheTagWhenItIsAskedToLookAtAKey() throws Exception {
    converter.commit(
        new TagState(
            APP,
            new Tag("1"),
            top.digest(),
            top.mediaType(),
            top.size(),
            List.of(),
            false,
            Origin.POLL,
            TestConverter.NOON,
            TestConverter.NOON));

    converter.handle("localhost:5055/team/app:1", null);

    assertThat(converter.announced()).hasSize(1);
  }

  @Test
  void ignoresAKeyThatItKnowsNothingOf() throws Exception {
    assertThat(converter.handle("localhost:5055/team/app:unknown", null)).isEqualTo(Effects.NONE);
  }

  @Test
  void namesThePlatformsOfAnIndexAndKeepsItsAttestations() throws Exception {
    RandomImage index = RandomImage.of(2, RandomImageOptions.multiPlatform());

    ImageState image = converter.convert(index);

    assertThat(image.platforms()).containsExactly("linux/amd64", "linux/arm/v7", "linux/arm64");
    assertThat(image.blobs()).isEqualTo(index.blobs().size() + index.manifests().size());
  }

  private static RandomImage withAnotherManifest() {
    RandomImage.StoredManifest manifest = IMAGE.root();
    String body =
        new String(manifest.body(), StandardCharsets.UTF_8)
            .replace("\"schemaVersion\":2", "\"schemaVersion\": 2");
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    String digest = Digest.of(bytes).toString();
    return new RandomImage(
        digest,
        List.of(new RandomImage.StoredManifest(digest, manifest.mediaType(), bytes)),
        IMAGE.blobs());
  }

  private static PinState pins(ImageState image, int wanted) {
    return new PinState(
        image.imageDag(),
        wanted,
        List.of(
            new PinState.Copy(
                new PeerName("a"),
                "default",
                "12D3",
                List.of(),
                CopyStatus.VERIFIED,
                1,
                null,
                TestConverter.NOON)),
        new PeerName("ingest"),
        true,
        TestConverter.NOON);
  }
}
