package dev.longshore.resolver.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.served.Shown;
import dev.longshore.events.RemovalReason;
import dev.longshore.events.ServedState;
import dev.longshore.events.TagState;
import dev.longshore.model.Digest;
import dev.longshore.model.Mode;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.resolver.name.Place;
import dev.longshore.resolver.name.Selector;
import dev.longshore.resolver.testing.Edge;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.ModeRules;
import dev.longshore.resolver.testing.States;
import dev.longshore.rules.RuleSettings;
import dev.longshore.rules.Rules;
import dev.longshore.testing.RandomImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tags are answered by what the pinner has recorded of them. */
class RecordedNamesTest {
  private static final RepositoryName APP = RepositoryName.canonical(Edge.REPOSITORY);
  private static final List<RuleSettings> BOTH =
      List.of(ModeRules.rule("**", Mode.PLAIN, Mode.ESTARGZ));

  @TempDir Path folder;

  @Test
  void aTagShowsWhatIsRecordedWhateverElseIsVerifiedHere() throws Exception {
    try (Edge edge = Edge.empty(folder)) {
      MirroredImage a = edge.mirror(1);
      edge.states.tag(Edge.REPOSITORY, "v1", a.digest().toString());
      record(edge, List.of(), "v1");
      MirroredImage b = edge.mirror(2);
      edge.states.tag(Edge.REPOSITORY, "v1", b.digest().toString(), a.digest().toString());

      assertThat(found(edge, "v1")).contains(a.digest());
      record(edge, List.of(), "v1");
      assertThat(found(edge, "v1")).contains(b.digest());
    }
  }

  @Test
  void aTagThatWasRemovedShowsNothingAndIsNotListed() throws Exception {
    try (Edge edge = Edge.empty(folder)) {
      MirroredImage a = edge.mirror(1);
      edge.states.tag(Edge.REPOSITORY, "v1", a.digest().toString());
      edge.states.tag(Edge.REPOSITORY, "v2", a.digest().toString());
      record(edge, List.of(), "v1");
      record(edge, List.of(), "v2");
      edge.states.apply(removed(edge, "v1"));

      assertThat(found(edge, "v1")).isEmpty();
      assertThat(edge.listing.tags(APP, null, 10)).containsExactly("v2");
    }
  }

  /** It is deleted when the pinner has said so. */
  @Test
  void aTagThatItsSourceHasDeletedIsShownAndListedUntilThatIsRecorded() throws Exception {
    try (Edge edge = Edge.empty(folder)) {
      MirroredImage a = edge.mirror(1);
      edge.states.tag(Edge.REPOSITORY, "v1", a.digest().toString());
      record(edge, List.of(), "v1");
      edge.states.deleted(Edge.REPOSITORY, "v1", a.digest().toString());

      assertThat(found(edge, "v1")).contains(a.digest());
      assertThat(edge.listing.tags(APP, null, 10)).containsExactly("v1");
      record(edge, List.of(), "v1");
      assertThat(found(edge, "v1")).isEmpty();
      assertThat(edge.listing.tags(APP, null, 10)).isEmpty();
    }
  }

  /** As before the first pinner of this release ran. */
  @Test
  void aTagWithoutARecordShowsWhatTheRecordWouldSay() throws Exception {
    try (Edge edge = Edge.empty(folder)) {
      MirroredImage a = edge.mirror(1);
      edge.states.tag(Edge.REPOSITORY, "v1", a.digest().toString());

      assertThat(found(edge, "v1")).contains(a.digest());
      assertThat(edge.listing.tags(APP, null, 10)).containsExactly("v1");
    }
  }

  /** Topics are read side by side: the record may come before the image. */
  @Test
  void aTagShowsWhatItShowedUntilTheRecordedImageIsKnownHere() throws Exception {
    try (Edge edge = Edge.empty(folder);
        Edge pinner = Edge.empty(folder.resolve("pinner"))) {
      MirroredImage a = edge.mirror(1);
      edge.states.tag(Edge.REPOSITORY, "v1", a.digest().toString());
      MirroredImage other = pinner.mirror(2);
      String before = a.digest().toString();
      pinner.states.tag(Edge.REPOSITORY, "v1", other.digest().toString(), before);
      record(pinner, List.of(), "v1");
      edge.states.tag(Edge.REPOSITORY, "v1", other.digest().toString(), before);
      edge.states.apply(pinner.catalog.served().of(APP, new Tag("v1")).orElseThrow());

      assertThat(found(edge, "v1")).contains(a.digest());
      assertThat(edge.mirror(2).digest()).isEqualTo(other.digest());
      assertThat(found(edge, "v1")).contains(other.digest());
    }
  }

  /** Rules are the same for all services, but not restarted at once: the strictest counts. */
  @Test
  void whatTheResolversOwnRulesForbidIsNotShownThoughItIsRecorded() throws Exception {
    List<RuleSettings> secret = List.of(ModeRules.rule("**", Mode.ENCRYPTED));
    try (Edge edge = Edge.ruled(folder, secret)) {
      MirroredImage plain = edge.mirror(1);
      edge.states.tag(Edge.REPOSITORY, "v1", plain.digest().toString());
      record(edge, List.of(), "v1");

      assertThat(edge.catalog.served().of(APP, new Tag("v1"))).isPresent();
      assertThat(found(edge, "v1")).isEmpty();
      assertThat(edge.listing.tags(APP, null, 10)).isEmpty();
    }
  }

  @Test
  void aSuffixSelectsTheRecordedModeThoughTheNameAloneIsBehind() throws Exception {
    try (Edge edge = Edge.ruled(folder, BOTH)) {
      MirroredImage a = edge.mirror(1);
      MirroredImage lazyA = lazy(edge, 2, a.digest().toString());
      String before = a.digest().toString();
      MirroredImage b = MirroredImage.write(RandomImage.of(3), edge.far);
      edge.states.converted(b, "plain");
      MirroredImage lazyB = lazy(edge, 4, b.digest().toString());
      edge.states.tag(Edge.REPOSITORY, "v1", b.digest().toString(), before);
      record(edge, BOTH, "v1");
      edge.states.pinned(b, "far");

      assertThat(found(edge, "v1")).contains(a.digest());
      assertThat(found(edge, "v1-estargz")).contains(lazyB.digest()).isNotEqualTo(lazyA.digest());
      assertThat(edge.listing.tags(APP, null, 10)).containsExactly("v1", "v1-estargz");
    }
  }

  private static MirroredImage lazy(Edge edge, long seed, String source) throws Exception {
    MirroredImage image = MirroredImage.write(RandomImage.of(seed), edge.far);
    edge.states.madeOf(source, image, "estargz");
    edge.states.pinned(image, "far");
    return image;
  }

  /** As the pinner does at this moment. */
  private static void record(Edge edge, List<RuleSettings> rules, String tag) {
    TagState name = edge.catalog.tags().of(APP, new Tag(tag)).orElseThrow();
    Optional<ServedState> last = edge.catalog.served().byKey(name.key());
    new Shown(edge.catalog, new Rules(rules))
        .of(name, last, () -> States.AT)
        .ifPresent(edge.states::apply);
  }

  private static ServedState removed(Edge edge, String tag) {
    ServedState last = edge.catalog.served().of(APP, new Tag(tag)).orElseThrow();
    return new ServedState(
        APP, last.tag(), last.digest(), null, List.of(), null, RemovalReason.FORGOTTEN, States.AT);
  }

  private static Optional<Digest> found(Edge edge, String tag) throws Exception {
    try {
      return Optional.of(
          edge.resolve
              .find(
                  new Place.Repository(List.of(APP)), new Selector.ByTag(new Tag(tag)), "a caller")
              .content()
              .digest());
    } catch (UnknownException e) {
      return Optional.empty();
    }
  }
}
