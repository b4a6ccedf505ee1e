package dev.longshore.resolver.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.events.Evidence;
import dev.longshore.events.ImageState;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.Mode;
import dev.longshore.model.Recipe;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.RootCid;
import dev.longshore.model.Tag;
import dev.longshore.resolver.name.Place;
import dev.longshore.resolver.name.Selector;
import dev.longshore.resolver.testing.Edge;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.ModeRules;
import dev.longshore.rules.RuleSettings;
import dev.longshore.rules.SuffixSettings;
import dev.longshore.testing.RandomImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServedModesTest {
  private static final String APP = Edge.REPOSITORY;
  private static final String OTHER = "registry.test/other";

  @TempDir Path folder;

  @Test
  void aTagStandsForPlainAndSuffixedOnesForTheOtherModes() throws Exception {
    try (Edge edge = edge(ModeRules.rule("**", Mode.ESTARGZ, Mode.PLAIN, Mode.ENCRYPTED))) {
      Images made = new Images(edge, APP, "v1");

      assertThat(found(edge, APP, "v1")).isEqualTo(made.plain.digest());
      assertThat(found(edge, APP, "v1-estargz")).isEqualTo(made.estargz.digest());
      assertThat(found(edge, APP, "v1-encrypted")).isEqualTo(made.encrypted.digest());
      assertThat(edge.listing.tags(RepositoryName.canonical(APP), null, 10))
          .containsExactly("v1", "v1-encrypted", "v1-estargz");
    }
  }

  @Test
  void withoutPlainATagStandsForTheFirstModeOfItsRule() throws Exception {
    try (Edge edge = edge(ModeRules.rule("**", Mode.ESTARGZ, Mode.ENCRYPTED))) {
      Images made = new Images(edge, APP, "v1");

      assertThat(found(edge, APP, "v1")).isEqualTo(made.estargz.digest());
      assertThat(found(edge, APP, "v1-encrypted")).isEqualTo(made.encrypted.digest());
      assertUnknown(edge, APP, new Selector.ByTag(new Tag("v1-estargz")));
    }
  }

  @Test
  void aTagWaitsForItsModeThoughAnotherIsThereAlready() throws Exception {
    try (Edge edge = edge(ModeRules.rule("**", Mode.PLAIN, Mode.ESTARGZ))) {
      MirroredImage plain = MirroredImage.write(RandomImage.of(1), edge.far);
      MirroredImage estargz = MirroredImage.write(RandomImage.of(2), edge.far);
      String source = plain.digest().toString();
      edge.states.tag(APP, "v1", source);
      edge.states.converted(plain, "plain");
      edge.states.madeOf(source, estargz, "estargz");
      edge.states.pinned(estargz, "far");

      assertUnknown(edge, APP, new Selector.ByTag(new Tag("v1")));
      assertThat(found(edge, APP, "v1-estargz")).isEqualTo(estargz.digest());

      edge.states.pinned(plain, "far");
      assertThat(found(edge, APP, "v1")).isEqualTo(plain.digest());
    }
  }

  @Test
  void rulesSayTheSuffixesAndATagOfTheSourceWins() throws Exception {
    SuffixSettings suffixes = new SuffixSettings("-plain", "-lazy", "-zst", "-secret");
    try (Edge edge = edge(ModeRules.rule("**", suffixes, Mode.PLAIN, Mode.ESTARGZ))) {
      Images made = new Images(edge, APP, "v1");
      MirroredImage own = edge.mirror(9);
      assertThat(found(edge, APP, "v1-lazy")).isEqualTo(made.estargz.digest());

      edge.states.tag(APP, "v1-lazy", own.digest().toString());

      assertThat(found(edge, APP, "v1-lazy")).isEqualTo(own.digest());
      assertThat(edge.listing.tags(RepositoryName.canonical(APP), null, 10))
          .containsExactly("v1", "v1-lazy", "v1-secret");
    }
  }

  @Test
  void everyModeIsServedByItsOwnDigests() throws Exception {
    try (Edge edge = edge(ModeRules.rule("**", Mode.PLAIN, Mode.ESTARGZ))) {
      Images made = new Images(edge, APP, "v1");

      for (MirroredImage image : List.of(made.plain, made.estargz)) {
        for (String digest : image.image().blobs().keySet()) {
          Selector wanted = new Selector.ByDigest(Digest.parse(digest));
          assertThat(edge.resolve.find(place(APP), wanted, "a caller").content().digest())
              .hasToString(digest);
        }
      }
    }
  }

  @Test
  void anEncryptedRepositoryServesNothingOfThePlainImageOfAnotherOne() throws Exception {
    try (Edge edge =
        edge(ModeRules.rule(OTHER, Mode.ENCRYPTED), ModeRules.rule("**", Mode.PLAIN))) {
      Images made = new Images(edge, APP, "v1");
      edge.states.tag(OTHER, "v1", made.plain.digest().toString());

      assertThat(found(edge, OTHER, "v1")).isEqualTo(made.encrypted.digest());
      assertUnknown(edge, OTHER, new Selector.ByTag(new Tag("v1-plain")));
      for (Digest digest : made.plain.blobs().keySet()) {
        assertUnknown(edge, OTHER, new Selector.ByDigest(digest));
      }
      assertThat(edge.listing.tags(RepositoryName.canonical(OTHER), null, 10))
          .containsExactly("v1");
    }
  }

  @Test
  void ofTwoForTheSamePlatformsTheNewerIsServed() throws Exception {
    try (Edge edge = edge(ModeRules.rule("**", Mode.ENCRYPTED))) {
      MirroredImage old = MirroredImage.write(RandomImage.of(2), edge.far);
      MirroredImage exchanged = MirroredImage.write(RandomImage.of(3), edge.far);
      String source = "sha256:" + "7".repeat(64);
      edge.states.tag(APP, "v1", source);
      edge.states.madeOf(source, old, "encrypted");
      ImageState state =
          edge.catalog.conversions().firstByDag(new ImageDag(old.dag())).orElseThrow();
      edge.states.apply(again(state, exchanged, state.bytes() / 2));
      edge.states.pinned(old, "far");
      edge.states.pinned(exchanged, "far");

      assertThat(found(edge, APP, "v1")).isEqualTo(exchanged.digest());
    }
  }

  /** The same for other recipients, an hour later. */
  private static ImageState again(ImageState old, MirroredImage image, long bytes) {
    return new ImageState(
            old.digest(),
            new Recipe("other"),
            old.mode(),
            old.mediaType(),
            new ImageDag(image.dag()),
            new RootCid(image.root()),
            image.manifest(),
            old.platforms(),
            old.blobs(),
            bytes,
            old.missing(),
            old.ingestPeer(),
            old.name(),
            old.convertedAt().plusSeconds(3600))
        .shownBy(Evidence.READ)
        .servedAs(image.digest());
  }

  @Test
  void aModeOfALaterReleaseIsNotServed() throws Exception {
    try (Edge edge = edge(ModeRules.rule("**", Mode.PLAIN))) {
      MirroredImage image = MirroredImage.write(RandomImage.of(2), edge.far);
      String source = "sha256:" + "7".repeat(64);
      edge.states.tag(APP, "v1", source);
      edge.states.madeOf(source, image, "sealed");
      edge.states.pinned(image, "far");

      assertUnknown(edge, APP, new Selector.ByTag(new Tag("v1")));
      assertUnknown(edge, APP, new Selector.ByDigest(image.digest()));
    }
  }

  @Test
  void pagesOfTagsLoseNoneAndKeepTheirOrder() throws Exception {
    try (Edge edge = edge(ModeRules.rule("**", Mode.PLAIN, Mode.ESTARGZ))) {
      Images made = new Images(edge, APP, "a");
      List<String> tags =
          List.of("a", "a-", "a-alpine", "a-estargz-1", "a-x", "a.1", "a1", "b", "b-zz", "b.0");
      edge.states.tags(APP, tags, made.plain.digest().toString());
      TreeSet<String> all = new TreeSet<>(tags);
      tags.forEach(tag -> all.addAll(List.of(tag + "-estargz", tag + "-encrypted")));

      for (int size = 1; size <= all.size() + 1; size++) {
        List<String> read = new ArrayList<>();
        List<String> page;
        do {
          String last = read.isEmpty() ? null : read.getLast();
          page = edge.listing.tags(RepositoryName.canonical(APP), last, size);
          read.addAll(page);
        } while (page.size() == size);
        assertThat(read).as("pages of %d", size).containsExactlyElementsOf(all);
      }
    }
  }

  /** A source in three modes, under a tag. */
  private static final class Images {
    final MirroredImage plain;
    final MirroredImage estargz;
    final MirroredImage encrypted;

    Images(Edge edge, String repository, String tag) throws Exception {
      plain = edge.mirror(1);
      String source = plain.digest().toString();
      estargz = made(edge, 2, source, "estargz");
      encrypted = made(edge, 3, source, "encrypted");
      edge.states.tag(repository, tag, source);
    }

    private static MirroredImage made(Edge edge, long seed, String source, String mode)
        throws Exception {
      MirroredImage image = MirroredImage.write(RandomImage.of(seed), edge.far);
      edge.states.madeOf(source, image, mode);
      edge.states.pinned(image, "far");
      return image;
    }
  }

  private Edge edge(RuleSettings... rules) throws Exception {
    return Edge.ruled(folder, List.of(rules));
  }

  private static Digest found(Edge edge, String repository, String tag) throws Exception {
    return edge.resolve
        .find(place(repository), new Selector.ByTag(new Tag(tag)), "a caller")
        .content()
        .digest();
  }

  private static void assertUnknown(Edge edge, String repository, Selector wanted) {
    assertThatThrownBy(() -> edge.resolve.find(place(repository), wanted, "a caller"))
        .isInstanceOf(UnknownException.class);
  }

  private static Place place(String repository) {
    return new Place.Repository(List.of(RepositoryName.canonical(repository)));
  }
}
