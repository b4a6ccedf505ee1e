package dev.longshore.resolver.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.MediaType;
import dev.longshore.resolver.content.UnavailableException;
import dev.longshore.resolver.name.Place;
import dev.longshore.resolver.name.Selector;
import dev.longshore.resolver.testing.Edge;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.States;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResolveTest {
  private static final Place APP = place(Edge.REPOSITORY);
  private static final Selector LATEST = new Selector.ByTag(new Tag("latest"));

  @TempDir Path folder;
  private Edge edge;

  @BeforeEach
  void start() throws Exception {
    edge = Edge.empty(folder);
  }

  @AfterEach
  void stop() {
    edge.close();
  }

  @Test
  void tagAnswersWithTheOriginalManifest() throws Exception {
    MirroredImage image = edge.mirror(1);
    edge.states.tag(Edge.REPOSITORY, "latest", image.digest().toString());

    ResolvedContent found = edge.resolve.find(APP, LATEST, "a caller");

    assertThat(found.content().digest()).isEqualTo(image.digest());
    assertThat(found.content().mediaType()).isEqualTo(image.image().root().mediaType());
    assertThat(edge.contents.bytes(found.content(), Manifest.MANIFEST_LIMIT))
        .isEqualTo(image.image().root().body());
  }

  @Test
  void tagFlipsOnlyWhenItsDigestHasAVerifiedCopy() throws Exception {
    MirroredImage a = edge.mirror(1);
    MirroredImage b = MirroredImage.write(RandomImage.of(2), edge.far);
    String digestA = a.digest().toString();
    edge.states.tag(Edge.REPOSITORY, "latest", b.digest().toString(), digestA);

    assertThat(digest(LATEST)).as("b is not even converted").isEqualTo(a.digest());
    edge.states.converted(b, "plain");
    assertThat(digest(LATEST)).as("b has no pin").isEqualTo(a.digest());
    edge.states.pinned(b);
    assertThat(digest(LATEST)).as("b has no verified copy").isEqualTo(a.digest());
    edge.states.pinned(b, "far");
    assertThat(digest(LATEST)).isEqualTo(b.digest());
  }

  @Test
  void tagStaysWhereItIsWhenTheLastCopyOfItsDigestIsLost() throws Exception {
    MirroredImage a = edge.mirror(1);
    MirroredImage b = MirroredImage.write(RandomImage.of(2), edge.far);
    edge.states.tag(Edge.REPOSITORY, "latest", b.digest().toString(), a.digest().toString());
    edge.states.converted(b, "plain");
    edge.states.pinned(b, "far");
    assertThat(digest(LATEST)).isEqualTo(b.digest());

    edge.states.lost(b, "far");

    assertThat(digest(LATEST)).isEqualTo(b.digest());
  }

  @Test
  void tagThatWentBackEndsWhereItWentBackTo() throws Exception {
    MirroredImage a = edge.mirror(1);
    MirroredImage b = edge.mirror(2);
    String digestA = a.digest().toString();
    String digestB = b.digest().toString();
    edge.states.tag(Edge.REPOSITORY, "latest", digestA, digestB, digestA);

    assertThat(digest(LATEST)).isEqualTo(a.digest());
    assertThat(digest(new Selector.ByDigest(b.digest()))).isEqualTo(b.digest());
  }

  @Test
  void tagThatItsSourceDeletedIsUnknown() throws Exception {
    MirroredImage image = edge.mirror(1);
    edge.states.deleted(Edge.REPOSITORY, "latest", image.digest().toString());

    assertThatThrownBy(() -> edge.resolve.find(APP, LATEST, "a caller"))
        .isInstanceOf(UnknownException.class)
        .hasMessageContaining("registry.test/app:latest");
  }

  @Test
  void everyPartOfAnImageIsFoundInItsRepository() throws Exception {
    RandomImage multi = RandomImage.of(7, RandomImageOptions.multiPlatform());
    MirroredImage image = edge.mirror(multi);
    edge.states.tag(Edge.REPOSITORY, "latest", image.digest().toString());

    for (String digest : multi.blobs().keySet()) {
      assertThat(digest(new Selector.ByDigest(Digest.parse(digest))).toString()).isEqualTo(digest);
    }
    for (RandomImage.StoredManifest manifest : multi.manifests()) {
      Digest digest = Digest.parse(manifest.digest());
      ResolvedContent found = edge.resolve.find(APP, new Selector.ByDigest(digest), "a caller");
      assertThat(found.isManifest()).isTrue();
      assertThat(found.content().mediaType()).isEqualTo(manifest.mediaType());
    }
  }

  @Test
  void platformThatWasLeftOutIsUnknownWithTheReason() throws Exception {
    RandomImage multi =
        RandomImage.of(7, RandomImageOptions.small().withPlatforms("linux/amd64", "linux/arm64"));
    RandomImage.StoredManifest leftOut = multi.manifests().get(1);
    RandomImage subset =
        new RandomImage(
            multi.rootDigest(),
            multi.manifests().stream().filter(m -> !m.equals(leftOut)).toList(),
            multi.blobs());
    MirroredImage image = edge.mirror(subset);
    edge.states.tag(Edge.REPOSITORY, "latest", image.digest().toString());
    Selector wanted = new Selector.ByDigest(Digest.parse(leftOut.digest()));

    assertThatThrownBy(() -> edge.resolve.find(APP, wanted, "a caller"))
        .isInstanceOf(UnknownException.class)
        .hasMessageContaining(Edge.REPOSITORY + "@" + leftOut.digest())
        .hasMessageContaining(
            "is not mirrored: it is the entry for linux/arm64 of index " + multi.rootDigest())
        .hasMessageEndingWith("what is kept of the image is linux/amd64");
    assertThatThrownBy(() -> edge.resolve.find(place("registry.test/other"), wanted, "a caller"))
        .as("nobody learns what another repository leaves out")
        .hasMessageEndingWith("is not known here with a verified copy");
  }

  @Test
  void layerThatIsCalledAManifestIsABlob() throws Exception {
    byte[] layer = "{\"not\":\"a manifest\"}".getBytes(StandardCharsets.UTF_8);
    byte[] manifest =
        """
        {"schemaVersion":2,"mediaType":"%1$s","config":%2$s,"layers":[%3$s]}\
        """
            .formatted(
                MediaType.OCI_MANIFEST,
                described(MediaType.OCI_EMPTY, layer),
                described(MediaType.OCI_MANIFEST, layer))
            .getBytes(StandardCharsets.UTF_8);
    String digest = Digest.of(manifest).toString();
    edge.mirror(
        new RandomImage(
            digest,
            List.of(new RandomImage.StoredManifest(digest, MediaType.OCI_MANIFEST, manifest)),
            Map.of(Digest.of(layer).toString(), layer)));
    edge.states.holds(Edge.REPOSITORY, digest);

    ResolvedContent found =
        edge.resolve.find(APP, new Selector.ByDigest(Digest.of(layer)), "a caller");

    assertThat(found.isManifest()).isFalse();
    assertThat(edge.contents.bytes(found.content(), 100)).isEqualTo(layer);
  }

  private static String described(String mediaType, byte[] content) {
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
        .formatted(mediaType, Digest.of(content), content.length);
  }

  @Test
  void partOfAnotherRepositoryIsUnknown() throws Exception {
    MirroredImage image = edge.mirror(1);
    MirroredImage other = edge.mirror(2);
    edge.states.tag(Edge.REPOSITORY, "latest", image.digest().toString());
    edge.states.tag("registry.test/secret", "latest", other.digest().toString());
    Digest layer = Digest.parse(other.image().blobs().keySet().iterator().next());

    assertThat(
            edge.resolve
                .find(place("registry.test/secret"), new Selector.ByDigest(layer), "a caller")
                .content()
                .digest())
        .isEqualTo(layer);
    assertThatThrownBy(() -> edge.resolve.find(APP, new Selector.ByDigest(layer), "a caller"))
        .isInstanceOf(UnknownException.class);
    assertThatThrownBy(
            () -> edge.resolve.find(APP, new Selector.ByDigest(other.digest()), "a caller"))
        .isInstanceOf(UnknownException.class);
  }

  @Test
  void imageWithoutATagIsFoundByItsDigest() throws Exception {
    MirroredImage image = edge.mirror(1);
    edge.states.holds(Edge.REPOSITORY, image.digest().toString());

    assertThat(digest(new Selector.ByDigest(image.digest()))).isEqualTo(image.digest());
  }

  @Test
  void plainAnswersWhereAnImageIsThereInSeveralModes() throws Exception {
    MirroredImage source = MirroredImage.write(RandomImage.of(1), edge.far);
    MirroredImage estargz = MirroredImage.write(RandomImage.of(2), edge.far);
    String digest = source.digest().toString();
    edge.states.converted(estargz, "estargz", digest);
    edge.states.pinned(estargz, "far");
    edge.states.tag(Edge.REPOSITORY, "latest", digest);

    assertThat(digest(LATEST)).isEqualTo(estargz.digest());
    edge.states.converted(source, "plain");
    edge.states.pinned(source, "far");
    assertThat(digest(LATEST)).isEqualTo(source.digest());
  }

  @Test
  void rootCidAnswersWithTheIpfsEnabledForm() throws Exception {
    MirroredImage image = edge.mirror(1);

    ResolvedContent found = edge.resolve.find(new Place.Ipfs(image.root()), LATEST, "a caller");

    assertThat(found.content().digest()).isEqualTo(image.enabled()).isNotEqualTo(image.digest());
    byte[] body = edge.contents.bytes(found.content(), Manifest.MANIFEST_LIMIT);
    assertThat(new String(body, java.nio.charset.StandardCharsets.UTF_8)).contains("ipfs://");
    assertThat(
            edge.resolve
                .find(
                    new Place.Ipfs(image.root()),
                    new Selector.ByDigest(image.enabled()),
                    "a caller")
                .content())
        .isEqualTo(found.content());
  }

  @Test
  void imageDagCidAnswersWithTheOriginals() throws Exception {
    MirroredImage image = edge.mirror(1);

    assertThat(
            edge.resolve.find(new Place.Ipfs(image.dag()), LATEST, "a caller").content().digest())
        .isEqualTo(image.digest());
  }

  @Test
  void ipfsImageHasTheTagLatestOnly() throws Exception {
    MirroredImage image = edge.mirror(1);

    assertThatThrownBy(
            () ->
                edge.resolve.find(
                    new Place.Ipfs(image.root()), new Selector.ByTag(new Tag("v1")), "a caller"))
        .isInstanceOf(UnknownException.class);
  }

  @Test
  void cidsThatLongshoreNeverWroteAreServedUnlessDisabled() throws Exception {
    MirroredImage foreign =
        MirroredImage.write(RandomImage.of(5, RandomImageOptions.multiPlatform()), edge.own);

    assertThat(
            edge.resolve
                .find(new Place.Ipfs(foreign.root()), LATEST, "a caller")
                .content()
                .digest())
        .isEqualTo(foreign.enabled());
    assertThat(
            edge.resolve.find(new Place.Ipfs(foreign.dag()), LATEST, "a caller").content().digest())
        .isEqualTo(foreign.digest());
    Resolve closed = new Resolve(edge.listing, edge.images, OnDemand.NONE, false);
    assertThatThrownBy(() -> closed.find(new Place.Ipfs(foreign.root()), LATEST, "a caller"))
        .isInstanceOf(UnknownException.class)
        .hasMessageContaining("serve-foreign-roots");
  }

  @Test
  void cidOfSomethingElseIsNoImage() throws Exception {
    MirroredImage image = MirroredImage.write(RandomImage.of(1), edge.own);
    Digest layer = Digest.parse(image.image().blobs().keySet().iterator().next());

    assertThatThrownBy(
            () -> edge.resolve.find(new Place.Ipfs(image.blobs().get(layer)), LATEST, "a caller"))
        .isInstanceOf(UnknownException.class)
        .hasMessageContaining("is no image");
  }

  @Test
  void knownImageThatNoPeerSendsIsUnavailableNotUnknown() throws Exception {
    MirroredImage image = edge.mirror(1);
    edge.states.tag(Edge.REPOSITORY, "latest", image.digest().toString());
    edge.far.trouble().goDown();

    assertThatThrownBy(() -> edge.resolve.find(APP, LATEST, "a caller"))
        .isInstanceOfSatisfying(
            UnavailableException.class,
            e -> assertThat(e.reason()).isEqualTo(UnavailableException.Reason.NO_PROGRESS));
  }

  @Test
  void anImageIsReadWhileOnlyTheNumberOfItsCopiesIsKnown() throws Exception {
    MirroredImage known = edge.mirror(1);
    edge.states.tag(Edge.REPOSITORY, "other", known.digest().toString());
    MirroredImage image = MirroredImage.write(RandomImage.of(2), edge.far);
    edge.states.converted(image, "plain");
    edge.states.tag(Edge.REPOSITORY, "latest", image.digest().toString());

    edge.states.apply(States.pin(new ImageDag(image.dag()), 1));

    assertThat(digest(LATEST)).isEqualTo(image.digest());
  }

  @Test
  void anImageWhoseCopiesTheFirstReleaseRecordedIsRead() throws Exception {
    MirroredImage image = MirroredImage.write(RandomImage.of(2), edge.far);
    edge.states.converted(image, "plain");
    edge.states.tag(Edge.REPOSITORY, "latest", image.digest().toString());

    edge.states.apply(States.pinOfFirstRelease(new ImageDag(image.dag()), "far"));

    assertThat(digest(LATEST)).isEqualTo(image.digest());
  }

  @Test
  void indexThatLiesAboutADigestNeverServesTheOtherImage() throws Exception {
    MirroredImage wrong = MirroredImage.write(RandomImage.of(9), edge.far);
    Digest promised = Digest.of(new byte[] {1});
    edge.states.converted(wrong, "plain", promised.toString());
    edge.states.pinned(wrong, "far");
    edge.states.tag(Edge.REPOSITORY, "latest", promised.toString());

    assertThatThrownBy(() -> edge.resolve.find(APP, LATEST, "a caller"))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining(wrong.digest().toString());
  }

  @Test
  void firstCandidateThatIsKnownIsMeant() throws Exception {
    MirroredImage image = edge.mirror(1);
    edge.states.tag("registry.test/team.a/app", "latest", image.digest().toString());

    Place place = edge.names.place("team.a/app", java.util.Optional.empty());
    assertThat(edge.resolve.find(place, LATEST, "a caller").content().digest())
        .isEqualTo(image.digest());
  }

  @Test
  void oneImageIsReadOnceForManyWhoAsk() throws Exception {
    InMemorySwarm swarm = new InMemorySwarm();
    try (Edge other =
        new Edge(
            folder.resolve("other"),
            swarm.node("far"),
            swarm.node("own"),
            new InMemoryMembers(),
            true)) {
      MirroredImage image = other.mirror(RandomImage.of(3, RandomImageOptions.multiPlatform()));
      other.states.tag(Edge.REPOSITORY, "latest", image.digest().toString());
      List<Thread> threads = new java.util.ArrayList<>();
      List<Digest> found = new java.util.concurrent.CopyOnWriteArrayList<>();
      for (int i = 0; i < 16; i++) {
        threads.add(
            Thread.ofVirtual()
                .start(
                    () -> {
                      try {
                        found.add(other.resolve.find(APP, LATEST, "a caller").content().digest());
                      } catch (UnknownException | UnavailableException | InterruptedException e) {
                        throw new AssertionError(e);
                      }
                    }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(found).hasSize(16).containsOnly(image.digest());
      assertThat(other.meter.fetches()).isEqualTo(image.image().manifests().size());
    }
  }

  private Digest digest(Selector wanted) throws Exception {
    return edge.resolve.find(APP, wanted, "a caller").content().digest();
  }

  private static Place place(String repository) {
    return new Place.Repository(List.of(RepositoryName.canonical(repository)));
  }
}
