package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.CatalogRecord;
import dev.longshore.events.Decision.Forget;
import dev.longshore.events.DecisionState;
import dev.longshore.events.Evidence;
import dev.longshore.events.ImageState;
import dev.longshore.events.Origin;
import dev.longshore.events.PinPhase;
import dev.longshore.events.State;
import dev.longshore.events.TagState;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.Mode;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.rules.KeepSettings;
import dev.longshore.rules.PlacementSettings;
import dev.longshore.rules.PlacementSettings.Spread;
import dev.longshore.rules.ReleaseSettings;
import dev.longshore.rules.RuleSettings;
import dev.longshore.rules.SuffixSettings;
import dev.longshore.rules.TagSettings;
import dev.longshore.runtime.config.PeerPlace;
import dev.longshore.runtime.testing.Eventually;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of an image DAG in whose place another was made of the same source. */
@Timeout(60)
class MadeAgainTest {
  private static final Digest SOURCE = Digest.sha256("5".repeat(64));

  private long written = 1_000_000;

  @Test
  void itGoesFromAllPeersWithTheForgottenImage() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      Cid first = bed.image("first", 3);
      Cid second = bed.image("second", 3);
      put(bed, made(bed, second).inPlaceOf(made(bed, first)));
      put(bed, forget(bed));

      await(bed, second, PinPhase.GONE);
      await(bed, first, PinPhase.GONE);
      assertThat(Stream.of("a", "b", "c").map(bed::node))
          .allMatch(node -> node.pinned().isEmpty())
          .noneMatch(node -> node.storedBlocks().contains(first));
    }
  }

  /** As a repository has it that was shown to have an image which another one brought. */
  @Test
  void itGoesWithTheForgottenImageThoughOnlyAnotherRepositoryTellsOfIt() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      Cid first = bed.image("first", 3);
      Cid second = bed.image("second", 3);
      put(bed, made(bed, second));
      put(
          bed,
          made(bed, second)
              .alsoFor(RepositoryName.canonical("localhost:5055/team/other"), bed.clock.instant())
              .inPlaceOf(made(bed, first)));
      put(bed, forget(bed));

      await(bed, second, PinPhase.GONE);
      await(bed, first, PinPhase.GONE);
    }
  }

  @Test
  void itGoesByItselfAnHourAfterTheOtherHasItsCopies() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      Cid first = bed.image("first", 3);
      put(bed, made(bed, first));
      Cid second = bed.image("second", 3);
      put(bed, made(bed, second).inPlaceOf(made(bed, first)));

      await(bed, first, PinPhase.SURPLUS);
      bed.clock.advance(Retention.GRACE.minusMinutes(30));
      bed.rounds(Duration.ofMinutes(1));
      assertThat(bed.verified(first)).hasSize(3);

      bed.clock.advance(Duration.ofMinutes(30));
      await(bed, first, PinPhase.GONE);
      assertThat(Stream.of("a", "b", "c").map(bed::node))
          .noneMatch(node -> node.pinned().containsKey(first));
      bed.awaitCopies(second, "a", "b", "c");
    }
  }

  @Test
  void itStaysWhileTheOtherLacksCopies() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      Cid first = bed.image("first", 3);
      put(bed, made(bed, first));
      Cid never = Cid.parse("bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy");
      put(bed, made(bed, never).inPlaceOf(made(bed, first)));
      Cid other = bed.image("other", 3);
      Cid second = bed.image("second", 3);
      put(bed, of(Digest.sha256("6".repeat(64)), second, bed).inPlaceOf(made(bed, other)));

      await(bed, other, PinPhase.SURPLUS);
      bed.clock.advance(Duration.ofHours(3));
      await(bed, other, PinPhase.GONE);
      assertThat(phase(bed, first)).isEqualTo(PinPhase.KEPT);
      bed.awaitCopies(first, "a", "b", "c");
    }
  }

  @Test
  void itStaysForAnotherSourceThatItWasMadeOfToo() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      Cid first = bed.image("first", 3);
      put(bed, of(Digest.sha256("6".repeat(64)), first, bed));
      Cid second = bed.image("second", 3);
      put(bed, made(bed, second).inPlaceOf(made(bed, first)));
      put(bed, forget(bed));

      await(bed, second, PinPhase.GONE);
      bed.clock.advance(Duration.ofHours(3));
      bed.rounds(Duration.ofMinutes(1));
      assertThat(phase(bed, first)).isEqualTo(PinPhase.KEPT);
      bed.awaitCopies(first, "a", "b", "c");
    }
  }

  /** The peer with the other one's only copy is lost when half of the release is done. */
  @Test
  void itStaysWhereItIsLeftIfTheOtherIsLostWhileItGoes() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      AtomicReference<String> refuses = new AtomicReference<>("");
      for (String peer : List.of("a", "b", "c")) {
        bed.before(
            "unpin",
            peer,
            () -> {
              if (peer.equals(refuses.get())) {
                bed.node(peer).trouble().failNext(1, Fault.UNREACHABLE);
              }
            });
      }
      Cid first = bed.image("first", 2);
      String last = bed.verified(first).getLast();
      Cid second = elsewhere(bed, first);
      String only = bed.verified(second).getFirst();
      put(bed, made(bed, second).inPlaceOf(made(bed, first)));
      await(bed, first, PinPhase.SURPLUS);
      refuses.set(last);
      bed.clock.advance(Retention.GRACE);
      await(bed, first, PinPhase.RELEASING);
      Eventually.inRounds(
          "gone from the other",
          () -> {
            bed.round();
            return Stream.of("a", "b", "c")
                .filter(peer -> bed.node(peer).pinned().containsKey(first))
                .toList()
                .equals(List.of(last));
          });

      bed.node(only).trouble().goDown();
      bed.rounds(KeptBed.LOST_AFTER.plusMinutes(10));
      refuses.set("");
      bed.rounds(Duration.ofMinutes(10));

      assertThat(bed.verified(second)).isEmpty();
      assertThat(bed.node(last).pinned()).containsKey(first);
      assertThat(phase(bed, first)).isEqualTo(PinPhase.KEPT);
      assertThat(bed.verified(first)).contains(last);
    }
  }

  /** Its copies are recorded until their peers count as lost. */
  @Test
  void itStaysWhileNobodyWhoAnswersHasTheOther() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      Cid first = bed.image("first", 2);
      Cid second = elsewhere(bed, first);
      InMemoryIpfsNode only = bed.node(bed.verified(second).getFirst());
      put(bed, made(bed, second).inPlaceOf(made(bed, first)));
      await(bed, first, PinPhase.SURPLUS);
      bed.clock.advance(Retention.GRACE.minusMinutes(5));
      bed.round();
      only.trouble().goDown();
      bed.rounds(KeptBed.LOST_AFTER.minusMinutes(5));

      assertThat(bed.verified(second)).as("recorded").hasSize(1);
      assertThat(bed.verified(first)).hasSize(2);
      assertThat(phase(bed, first)).isEqualTo(PinPhase.SURPLUS);

      only.trouble().clear();
      await(bed, first, PinPhase.GONE);
    }
  }

  @Test
  void itStaysWhileAGuardSaysThatNobodyKnowsWhatIsLost() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c", "d", "e")) {
      Cid first = bed.image("first", 1);
      Cid second = bed.image("second", 1);
      List<String> lost = new ArrayList<>(List.of("a", "b", "c", "d", "e"));
      lost.removeAll(bed.verified(first));
      lost.removeAll(bed.verified(second));
      lost.stream().limit(2).forEach(peer -> bed.node(peer).trouble().goDown());
      bed.rounds(KeptBed.LOST_AFTER.plusMinutes(5));
      put(bed, made(bed, second).inPlaceOf(made(bed, first)));
      bed.rounds(Duration.ofMinutes(15));
      bed.clock.advance(Retention.GRACE);
      bed.rounds(Duration.ofMinutes(15));
      bed.awaitCopies(first, bed.verified(first).getFirst());
      assertThat(PinRecord.stays(phase(bed, first))).isTrue();

      lost.forEach(peer -> bed.node(peer).trouble().clear());
      await(bed, first, PinPhase.SURPLUS);
      bed.clock.advance(Retention.GRACE);
      await(bed, first, PinPhase.GONE);
    }
  }

  /** Which never had as many copies as it must have. */
  @Test
  void itGoesAfterTheOtherThatWasLetGo() throws Exception {
    try (KeptBed bed =
        new KeptBed(
            List.of(
                rule(3, 3, PlacementSettings.ANYWHERE)
                    .keeping(new KeepSettings(0, null, null, null, null), ReleaseSettings.GUARDED)),
            Map.of("a", PeerPlace.of("a"), "b", PeerPlace.of("b")))) {
      Cid first = bed.image("first", 2);
      Cid second = bed.image("second", 2);
      put(bed, made(bed, second));
      put(bed, name(bed, null, SOURCE));
      put(bed, name(bed, new Tag("1"), SOURCE));
      Eventually.inRounds(
          "more are wanted than there are peers",
          () -> {
            bed.clock.advance(Duration.ofMinutes(20));
            bed.rounds(Duration.ofMinutes(1));
            return bed.pin(second).wanted() == 3;
          });
      put(bed, made(bed, second).inPlaceOf(made(bed, first)));
      for (int i = 0; i < 9; i++) {
        bed.clock.advance(Duration.ofMinutes(20));
        bed.rounds(Duration.ofMinutes(1));
      }
      assertThat(phase(bed, first)).isEqualTo(PinPhase.KEPT);

      Digest next = Digest.sha256("7".repeat(64));
      put(bed, name(bed, new Tag("1"), next));
      await(bed, second, PinPhase.SURPLUS);
      bed.clock.advance(Retention.GRACE);
      await(bed, second, PinPhase.GONE);

      await(bed, first, PinPhase.SURPLUS);
      bed.clock.advance(Retention.GRACE);
      await(bed, first, PinPhase.GONE);
    }
  }

  @Test
  void itsCopiesAreMadeWhereTheRuleOfItsRepositoryWantsThem() throws Exception {
    try (KeptBed bed =
        new KeptBed(
            List.of(rule(2, 1, new PlacementSettings(Spread.ZONE, List.of("ssd"), List.of()))),
            Map.of("a", at("ssd"), "b", at("ssd"), "c", at()))) {
      Cid first = bed.image("first", 2);
      bed.awaitCopies(first, "a", "b");
      Cid never = Cid.parse("bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy");
      put(bed, made(bed, never).inPlaceOf(made(bed, first)));
      bed.node("a").trouble().goDown();
      bed.rounds(KeptBed.LOST_AFTER.plusMinutes(10));

      assertThat(bed.verified(first)).containsExactly("b");
    }
  }

  private static DecisionState forget(KeptBed bed) {
    return DecisionState.of(
        "forget",
        new Forget("app", List.of(SOURCE)),
        "ann",
        "it had a password",
        bed.clock.instant(),
        null);
  }

  private static RuleSettings rule(int copies, int min, PlacementSettings placement) {
    return new RuleSettings(
        "**",
        List.of(Mode.PLAIN),
        List.of(),
        copies,
        min,
        placement,
        null,
        TagSettings.ALL,
        SuffixSettings.DEFAULT,
        List.of(),
        List.of(),
        List.of(),
        null,
        null);
  }

  private static TagState name(KeptBed bed, @Nullable Tag tag, Digest digest) {
    Instant now = bed.clock.instant();
    return new TagState(
        RepositoryName.canonical("localhost:5055/team/app"),
        tag,
        digest,
        "application/vnd.oci.image.manifest.v1+json",
        1,
        List.of(),
        false,
        Origin.WEBHOOK,
        now,
        now);
  }

  private static PeerPlace at(String... labels) {
    return new PeerPlace("x", List.of(labels), 1, null);
  }

  /** One with a single copy, on a peer that has none of the other. */
  private static Cid elsewhere(KeptBed bed, Cid other) throws Exception {
    for (int i = 0; ; i++) {
      Cid dag = bed.image("second " + i, 1);
      if (!bed.verified(other).containsAll(bed.verified(dag))) {
        return dag;
      }
    }
  }

  private static ImageState made(KeptBed bed, Cid dag) {
    return of(SOURCE, dag, bed);
  }

  private static ImageState of(Digest source, Cid dag, KeptBed bed) {
    return PinBed.image(dag, 6, source.toString(), bed.clock.instant()).shownBy(Evidence.READ);
  }

  /** As the converter and people do. */
  private void put(KeptBed bed, State state) {
    bed.catalog
        .writer()
        .apply(
            List.of(
                new CatalogRecord(
                    Topic.of(state), 0, written++, bed.clock.instant(), state.key(), state)));
  }

  private static void await(KeptBed bed, Cid dag, PinPhase phase) {
    Eventually.inRounds(
        dag + " " + phase,
        () -> {
          if (phase(bed, dag) == phase) {
            return true;
          }
          bed.rounds(Duration.ofMinutes(1));
          return false;
        });
  }

  private static PinPhase phase(KeptBed bed, Cid dag) {
    return PinRecord.phase(bed.catalog.pins().of(new ImageDag(dag)).orElseThrow());
  }
}
