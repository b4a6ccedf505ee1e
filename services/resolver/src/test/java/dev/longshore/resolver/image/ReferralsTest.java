package dev.longshore.resolver.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.model.Digest;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageIndex;
import dev.longshore.oci.ManifestHead;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.testing.Referrers;
import dev.longshore.resolver.content.UnavailableException;
import dev.longshore.resolver.image.member.MemberTable;
import dev.longshore.resolver.name.Place;
import dev.longshore.resolver.testing.Crowd;
import dev.longshore.resolver.testing.Edge;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.States;
import dev.longshore.testing.RandomImage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing is read ahead here, as after a start with an empty table. */
class ReferralsTest {
  /** More than are looked into on the chance that there is a referrer within. */
  private static final int OTHER_IMAGES = 150;

  private final RandomImage image = RandomImage.of(1);
  private final RandomImage signature = Referrers.signatureOf(image, "signed");

  /** More than there are of one image over all repositories, as a rule. */
  private static final int VERY_MANY = 10_050;

  @TempDir Path folder;
  private Edge edge;
  private Crowd crowd;

  @BeforeEach
  void fillTheRepository() throws Exception {
    MemberTable members = new InMemoryMembers();
    edge = Edge.with(folder, members);
    crowd = new Crowd(edge.states, members);
    edge.mirror(image);
    edge.states.tag(Edge.REPOSITORY, "latest", image.rootDigest());
    for (int i = 0; i < OTHER_IMAGES; i++) {
      String text = Integer.toString(i);
      edge.states.holds(
          Edge.REPOSITORY, Digest.of(text.getBytes(StandardCharsets.UTF_8)).toString());
    }
  }

  @AfterEach
  void stop() {
    edge.close();
  }

  @Test
  void imageThatBelongsToAnotherIsFoundAmongVeryMany() throws Exception {
    edge.mirror(signature);
    edge.states.holds(Edge.REPOSITORY, signature.rootDigest());

    assertThat(referrers(Edge.REPOSITORY))
        .singleElement()
        .satisfies(
            found -> {
              assertThat(found.digest()).hasToString(signature.rootDigest());
              assertThat(found.artifactType()).contains(Referrers.SIGNATURE_TYPE);
              assertThat(found.annotations()).containsKey("dev.longshore.signer");
            });
  }

  @Test
  void referrerOfAnotherRepositoryIsNotTold() throws Exception {
    edge.mirror(signature);
    edge.states.holds("registry.test/secret", signature.rootDigest());

    assertThat(referrers(Edge.REPOSITORY)).isEmpty();
    assertThat(referrers("registry.test/secret")).hasSize(1);
  }

  @Test
  void allReferrersAreListedHoweverManyOtherRepositoriesHave() throws Exception {
    Digest subject = Digest.parse(image.rootDigest());
    crowd.referringTo(subject, "registry.test/elsewhere", VERY_MANY);
    crowd.referringTo(subject, Edge.REPOSITORY, 600);
    edge.mirror(signature);
    edge.states.holds(Edge.REPOSITORY, signature.rootDigest());
    edge.catalog.writer().complete(States.AT);

    List<String> found =
        referrers(Edge.REPOSITORY).stream().map(entry -> entry.digest().toString()).toList();
    assertThat(found.size()).isEqualTo(601);
    assertThat(found.contains(signature.rootDigest())).isTrue();
  }

  @Test
  void referrerWithinAnotherImageIsFoundAmongVeryManyImages() throws Exception {
    RandomImage list = listOf(signature);
    MirroredImage mirrored = edge.mirror(list);
    assertThat(referrers(Edge.REPOSITORY)).as("read, and the peer met").isEmpty();
    edge.states.holds(Edge.REPOSITORY, mirrored.digest().toString());

    assertThat(referrers(Edge.REPOSITORY))
        .extracting(found -> found.digest().toString())
        .containsExactly(signature.rootDigest());
  }

  @Test
  void listThatAClientKeepsUnderATagIsFoundAmongVeryMany() throws Exception {
    RandomImage list = listOf(signature);
    edge.mirror(list);
    edge.states.tag(
        Edge.REPOSITORY, "sha256-" + Digest.parse(image.rootDigest()).hex(), list.rootDigest());

    assertThat(referrers(Edge.REPOSITORY))
        .extracting(found -> found.digest().toString())
        .containsExactly(signature.rootDigest());
  }

  @Test
  void listThatWouldLackAReferrerFails() throws Exception {
    MirroredImage mirrored = edge.mirror(signature);
    edge.states.holds(Edge.REPOSITORY, mirrored.digest().toString());
    edge.far.trouble().goDown();
    edge.own.trouble().goDown();

    assertThatThrownBy(() -> referrers(Edge.REPOSITORY)).isInstanceOf(UnavailableException.class);
  }

  private List<Descriptor> referrers(String repository) throws Exception {
    Place place = edge.names.place(repository, Optional.empty());
    return edge.referrals.of(place, Digest.parse(image.rootDigest()), "a caller");
  }

  private static RandomImage listOf(RandomImage referrer) {
    Descriptor entry =
        Descriptor.of(referrer.root().mediaType(), referrer.root().body())
            .withArtifactType(Referrers.SIGNATURE_TYPE);
    ImageIndex index = ImageIndex.of(ManifestHead.of(MediaType.OCI_INDEX), List.of(entry));
    List<RandomImage.StoredManifest> manifests = new ArrayList<>(referrer.manifests());
    String digest = index.digest().toString();
    manifests.add(new RandomImage.StoredManifest(digest, index.mediaType(), index.raw().bytes()));
    return new RandomImage(digest, manifests, referrer.blobs());
  }
}
