package dev.longshore.resolver.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.resolver.content.UnavailableException;
import dev.longshore.resolver.image.member.MemberTable;
import dev.longshore.resolver.image.member.SqliteMembers;
import dev.longshore.resolver.name.Place;
import dev.longshore.resolver.name.Selector;
import dev.longshore.resolver.testing.Crowd;
import dev.longshore.resolver.testing.Edge;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.States;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Repositories with very many digests, and layers that very many images have. */
class LargeRepositoryTest {
  private static final String ELSEWHERE = "registry.test/elsewhere";
  private static final Digest BASE = Digest.sha256("b".repeat(64));
  private static final Digest NOWHERE = Digest.sha256("7".repeat(64));

  /** Each ask passes over some of the images that cannot be read. */
  private static final int ASKS = 4;

  @TempDir Path folder;
  private Edge edge;
  private Crowd crowd;

  private void start(MemberTable members) throws Exception {
    edge = Edge.with(folder.resolve("cache"), members);
    crowd = new Crowd(edge.states, members);
    meetThePeer();
  }

  /** The node in memory does not wait for a peer that it is about to be connected with. */
  private void meetThePeer() throws Exception {
    read(edge.mirror(99));
  }

  @AfterEach
  void stop() {
    edge.close();
  }

  @Test
  void allOfTheOldestAndOfTheNewestImageIsFoundAmongTenThousandDigests() throws Exception {
    start(new InMemoryMembers());
    RandomImage oldest = RandomImage.of(1, RandomImageOptions.multiPlatform());
    RandomImage newest = RandomImage.of(2, RandomImageOptions.multiPlatform());
    hold(edge.mirror(oldest));
    crowd.of(Edge.REPOSITORY, 10_000);
    hold(edge.mirror(newest));
    edge.catalog.writer().complete(States.AT);

    for (RandomImage image : List.of(newest, oldest)) {
      for (Digest digest : partsOf(image)) {
        assertThat(found(digest)).isEqualTo(digest);
      }
    }
    assertThatThrownBy(() -> found(NOWHERE)).isInstanceOf(UnknownException.class);
  }

  @Test
  void layerThatHundredsOfImagesElsewhereHaveIsFoundHere() throws Exception {
    start(SqliteMembers.open(folder.resolve("resolver.db")));
    crowd.of(ELSEWHERE, 300, BASE);
    crowd.of(Edge.REPOSITORY, 150);
    edge.catalog.writer().complete(States.AT);
    assertThatThrownBy(() -> found(BASE)).isInstanceOf(UnknownException.class);

    crowd.of(Edge.REPOSITORY, 1, BASE);

    assertThat(found(BASE)).isEqualTo(BASE);
  }

  @Test
  void imagesThatCannotBeReadHideNoneThatCan() throws Exception {
    start(new InMemoryMembers());
    unreadable(20);
    RandomImage readable = RandomImage.of(1);
    hold(edge.mirror(readable));
    edge.catalog.writer().complete(States.AT);

    for (Digest digest : partsOf(readable)) {
      Optional<Digest> found = Optional.empty();
      for (int asked = 0; asked < ASKS && found.isEmpty(); asked++) {
        try {
          found = Optional.of(found(digest));
        } catch (UnavailableException e) {
          assertThat(e).hasMessageContaining("what Longshore wrote came back as something else");
        }
      }
      assertThat(found).contains(digest);
    }
  }

  @Test
  void imageThatAnotherCallReadsMeanwhileIsNotPassedOver() throws Exception {
    List<MirroredImage> meanwhile = new ArrayList<>();
    start(
        new InMemoryMembers() {
          @Override
          public List<Cid> unread(List<Cid> among) {
            meanwhile.forEach(image -> read(image));
            return super.unread(among);
          }
        });
    MirroredImage image = edge.mirror(1);
    meanwhile.add(image);
    hold(image);

    Digest layer = partsOf(image.image()).getFirst();
    assertThat(found(layer)).isEqualTo(layer);
  }

  private void read(MirroredImage image) {
    try {
      edge.images.expand(edge.listing.dag(image.dag()).orElseThrow().layout());
    } catch (UnknownException | UnavailableException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void digestThatMayBeInAnImageThatCannotBeReadIsUnavailableNotUnknown() throws Exception {
    start(new InMemoryMembers());
    crowd.of(Edge.REPOSITORY, 150);
    unreadable(1);
    edge.catalog.writer().complete(States.AT);

    assertThatThrownBy(() -> found(NOWHERE)).isInstanceOf(UnavailableException.class);
  }

  @Test
  void imageThatTwoSourcesBecameIsFoundInTheRepositoriesOfBoth() throws Exception {
    start(new InMemoryMembers());
    crowd.of(Edge.REPOSITORY, 150);
    MirroredImage image = MirroredImage.write(RandomImage.of(1), edge.far);
    List<String> sources = List.of("sha256:" + "0".repeat(64), "sha256:" + "f".repeat(64));
    sources.forEach(source -> edge.states.converted(image, "plain", source));
    edge.states.holds(ELSEWHERE, sources.getFirst());
    edge.states.holds(Edge.REPOSITORY, sources.getLast());
    edge.states.pinned(image, "far");
    edge.images.expand(edge.listing.dag(image.dag()).orElseThrow().layout());

    for (Digest digest : partsOf(image.image())) {
      assertThat(found(digest)).isEqualTo(digest);
    }
  }

  @Test
  void repositoryIsListedForTheOneOfItsImagesThatIsServed() throws Exception {
    start(new InMemoryMembers());
    List<String> unknown = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      unknown.add(Digest.sha256("%064x".formatted(i)).toString());
    }
    edge.states.holdsAll(Edge.REPOSITORY, unknown);
    edge.catalog.writer().complete(States.AT);
    assertThat(edge.listing.repositories(Optional.empty(), 10, _ -> true)).isEmpty();

    hold(edge.mirror(1));

    assertThat(edge.listing.repositories(Optional.empty(), 10, _ -> true))
        .containsExactly(RepositoryName.canonical(Edge.REPOSITORY));
  }

  /** Images in the repository whose DAGs are something else. */
  private void unreadable(int count) throws Exception {
    for (int i = 0; i < count; i++) {
      MirroredImage written = MirroredImage.write(RandomImage.of(1_000 + i), edge.far);
      Cid layer = written.blobs().get(partsOf(written.image()).getFirst());
      MirroredImage wrong =
          new MirroredImage(
              written.image(),
              layer,
              written.root(),
              written.manifest(),
              written.enabled(),
              written.blobs());
      edge.states.converted(wrong, "plain");
      edge.states.pinned(wrong, "far");
      hold(wrong);
    }
  }

  private void hold(MirroredImage image) {
    edge.states.holds(Edge.REPOSITORY, image.digest().toString());
  }

  private Digest found(Digest digest) throws Exception {
    Place place = new Place.Repository(List.of(RepositoryName.canonical(Edge.REPOSITORY)));
    return edge.resolve.find(place, new Selector.ByDigest(digest), "a caller").content().digest();
  }

  /** Blobs first, then manifests. */
  private static List<Digest> partsOf(RandomImage image) {
    List<Digest> parts = new ArrayList<>();
    image.blobs().keySet().forEach(digest -> parts.add(Digest.parse(digest)));
    image.manifests().forEach(manifest -> parts.add(Digest.parse(manifest.digest())));
    return parts;
  }
}
