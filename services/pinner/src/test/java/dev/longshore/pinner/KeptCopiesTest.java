package dev.longshore.pinner;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.CatalogRecord;
import dev.longshore.events.CopiesState;
import dev.longshore.events.CopyPhase;
import dev.longshore.events.PinState;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.PinProgress;
import dev.longshore.ipfs.node.RecursivePin;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.model.PeerName;
import dev.longshore.runtime.testing.Eventually;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of copies after they were verified. */
@Timeout(60)
class KeptCopiesTest {
  /** A pin has walked every block. */
  @Test
  void aNewCopyIsNotWalkedTwice() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      AtomicInteger walks = new AtomicInteger();
      for (String peer : List.of("a", "b", "c")) {
        bed.before("verifyLocal", peer, walks::incrementAndGet);
      }
      bed.restart("a", "b", "c");

      bed.image("one", 3);

      assertThat(walks).hasValue(0);
    }
  }

  @Test
  void aCopyWhosePinWasRemovedIsMadeAnew() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      Cid dag = bed.image("one", 3);
      bed.round();
      bed.node("c").unpin(dag, PinBed.OURS, soon());
      bed.node("c").collectGarbage(soon());

      bed.rounds(Duration.ofMinutes(2));

      bed.awaitCopies(dag, "a", "b", "c");
    }
  }

  @Test
  void aPeerThatCameBackEmptyIsListedOnceHoweverFewImagesCanBeAskedForAtATime() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      AtomicInteger listings = new AtomicInteger();
      bed.before("pins", "c", listings::incrementAndGet);
      List<Cid> dags = bed.images(IntStream.range(0, 24).mapToObj(i -> "image " + i).toList(), 3);
      bed.rounds(Duration.ofMinutes(2));
      for (Cid dag : dags) {
        bed.node("c").unpin(dag, PinBed.OURS, soon());
      }
      bed.node("c").collectGarbage(soon());
      bed.nudged.clear();
      listings.set(0);
      bed.mostAsked = 2;

      bed.rounds(Duration.ofMinutes(5));

      assertThat(bed.nudged).containsAll(dags.stream().map(Cid::toString).toList());
      assertThat(listings).hasValueLessThanOrEqualTo(6); // one a minute, as if all were well
      for (Cid dag : dags) {
        bed.awaitCopies(dag, "a", "b", "c");
      }
    }
  }

  @Test
  void aRecordWhoseKeyIsNoCidHidesNoOther() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      Cid dag = bed.image("one", 3);
      PinState odd =
          new PinState(
              ImageDag.stored("a-no-cid"),
              1,
              List.of(),
              new PeerName("ingest"),
              true,
              bed.clock.instant());
      bed.catalog
          .writer()
          .apply(
              List.of(
                  new CatalogRecord(
                      Topic.PINS, 0, 1_000_000, bed.clock.instant(), odd.key(), odd)));
      bed.round();
      bed.node("c").unpin(dag, PinBed.OURS, soon());

      bed.rounds(Duration.ofMinutes(2));

      Eventually.await("the pin", () -> bed.node("c").pinned().containsKey(dag));
    }
  }

  @Test
  void aDagThatNoConverterWroteIsKeptLikeOthers() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      Cid dag = bed.image("one", 3);
      bed.round();
      PinState pin = bed.catalog.pins().of(new ImageDag(dag)).orElseThrow();
      PinState found =
          new PinState(
              pin.imageDag(),
              3,
              List.of(),
              null,
              true,
              bed.clock.instant(),
              pin.min(),
              pin.verified(),
              pin.firstVerifiedAt(),
              pin.minVerifiedAt(),
              pin.allVerifiedAt(),
              pin.state(),
              pin.stateSince());
      bed.catalog
          .writer()
          .apply(
              List.of(
                  new CatalogRecord(
                      Topic.PINS, 0, 1_000_000, bed.clock.instant(), found.key(), found)));
      bed.node("c").unpin(dag, PinBed.OURS, soon());
      bed.node("c").collectGarbage(soon());

      bed.rounds(Duration.ofMinutes(2));

      bed.awaitCopies(dag, "a", "b", "c");
      assertThat(bed.catalog.pins().of(found.imageDag()))
          .hasValueSatisfying(now -> assertThat(now.ingestPeer()).isNull());
    }
  }

  @Test
  void aCopyOfWhichOnlyThePinIsLeftIsMadeAnew() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      Cid dag = bed.image("one", 3);
      bed.round();
      bed.node("c").lose(dag);

      bed.rounds(Duration.ofMinutes(2));

      bed.awaitCopies(dag, "a", "b", "c");
    }
  }

  /** What looked right the last time and is the same is not compared again. */
  @Test
  void whatChangesAfterLongRestIsSeen() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      List<Cid> dags = bed.images(numbered(20), 3);
      bed.rounds(Duration.ofMinutes(10));
      assertThat(bed.nudged).as("while all is well").isEmpty();

      bed.node("b").lose(dags.get(4));
      bed.rounds(Duration.ofMinutes(30));
      assertThat(bed.nudged).as("a block is gone").contains(dags.get(4).toString());
      bed.awaitCopies(dags.get(4), "a", "b", "c");

      rest(bed);
      bed.delete(Topic.COPIES, dags.get(5));
      bed.rounds(Duration.ofMinutes(2));
      assertThat(bed.nudged).as("a record is gone").containsOnly(dags.get(5).toString());
      bed.awaitCopies(dags.get(5), "a", "b", "c");

      rest(bed);
      bed.node("c").unpin(dags.get(6), PinBed.OURS, soon());
      bed.node("c").pin(dags.get(5), "theirs", Duration.ofSeconds(2), soon(), PinProgress.NONE);
      bed.rounds(Duration.ofMinutes(2));
      assertThat(bed.nudged).as("a pin is gone").containsOnly(dags.get(6).toString());
      bed.awaitCopies(dags.get(6), "a", "b", "c");
    }
  }

  /**
   * A comparison looks for a block of what records tell of; at rest only our pins are looked at.
   */
  @Test
  void recordsAreNotComparedAtRestThoughAPeerTakesImagesIn() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b")) {
      Cid dag = bed.image("one", 2);
      AtomicInteger looks = new AtomicInteger();
      bed.before("holds", "b", looks::incrementAndGet);
      bed.node("b").unpin(dag, PinBed.OURS, soon());
      bed.node("b").pin(dag, "theirs", Duration.ofSeconds(2), soon(), PinProgress.NONE);
      bed.rounds(Duration.ofMinutes(5));
      assertThat(looks).as("first comparison").hasPositiveValue();
      looks.set(0);

      bed.rounds(Duration.ofMinutes(10));

      assertThat(looks).hasValue(0);
    }
  }

  /** It is tried again at its time; the copies that are wanted are elsewhere. */
  @Test
  void aPinOfACopyThatFailedSaysNothingOfItsPeer() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      Cid dag = bed.image("one", 2);
      Cid other = bed.image("two", 3);
      String third =
          Stream.of("a", "b", "c")
              .filter(name -> bed.copies(dag).stream().noneMatch(c -> c.peer().text().equals(name)))
              .findFirst()
              .orElseThrow();
      bed.node(third)
          .importCar(sink -> UnixFsFileBuilder.build("one".getBytes(UTF_8), sink), soon());
      bed.node(third)
          .pin(dag, PinBed.OURS + "test", Duration.ofSeconds(2), soon(), PinProgress.NONE);
      bed.node(third).lose(dag);
      List<CopiesState.Copy> copies = new ArrayList<>(bed.copies(dag));
      Instant now = bed.clock.instant();
      copies.add(
          new CopiesState.Copy(
              new PeerName(third),
              CopyPhase.FAILED,
              0,
              "it is slow",
              3,
              now.plus(Duration.ofDays(1)),
              now));
      bed.write(new CopiesState(new ImageDag(dag), copies));

      bed.rounds(Duration.ofMinutes(10));

      assertThat(bed.nudged).doesNotContain(other.toString());
    }
  }

  /** The process that was to let it go there has ended, and its peer keeps no copies. */
  @Test
  void whatIsHeldAtThePeerThatTookItInIsAskedForWhenThatIsBackAfterLongRest() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      Cid dag = bed.image("one", 3);
      bed.ingest.trouble().goDown();
      bed.rounds(Duration.ofMinutes(2));
      bed.write(held(bed.catalog.pins().of(new ImageDag(dag)).orElseThrow()));
      rest(bed);

      bed.ingest.trouble().clear();
      bed.rounds(Duration.ofMinutes(2));

      assertThat(bed.nudged).contains(dag.toString());
    }
  }

  private static PinState held(PinState pin) {
    return new PinState(
        pin.imageDag(),
        pin.wanted(),
        pin.copies(),
        pin.ingestPeer(),
        false,
        pin.changedAt(),
        pin.min(),
        pin.verifiedCount(),
        pin.firstVerifiedAt(),
        pin.minVerifiedAt(),
        pin.allVerifiedAt(),
        pin.state(),
        pin.stateSince());
  }

  private static void rest(KeptBed bed) throws Exception {
    bed.rounds(Duration.ofMinutes(10));
    bed.nudged.clear();
  }

  @Test
  void aSecondCopyThatGoesIsSeenWhileTheFirstCannotBeMade() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      Cid dag = bed.image("one", 3);
      bed.node("c").trouble().goDown();
      bed.rounds(KeptBed.LOST_AFTER.plusMinutes(2));
      bed.awaitCopies(dag, "a", "b");
      bed.node("b").unpin(dag, PinBed.OURS, soon());
      bed.node("b").collectGarbage(soon());

      bed.rounds(Duration.ofMinutes(2));

      bed.awaitCopies(dag, "a", "b");
    }
  }

  @Test
  void onlyWhatIsMissingIsAskedFor() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      List<Cid> dags = bed.images(numbered(20), 3);
      bed.rounds(Duration.ofMinutes(2));
      assertThat(bed.nudged).as("while all is well").isEmpty();
      bed.node("a").unpin(dags.get(7), PinBed.OURS, soon());

      bed.rounds(Duration.ofMinutes(2));

      assertThat(bed.nudged).containsOnly(dags.get(7).toString());
      bed.awaitCopies(dags.get(7), "a", "b", "c");
    }
  }

  @Test
  void everyCopyIsComparedBeyondOnePage() throws Exception {
    try (KeptBed bed = new KeptBed("a")) {
      List<Cid> dags = bed.images(numbered(InventoryRound.PAGE + 1), 1);
      dags.sort(Comparator.comparing(Cid::toString));
      bed.node("a").unpin(dags.getFirst(), PinBed.OURS, soon());
      bed.node("a").unpin(dags.get(InventoryRound.PAGE - 1), PinBed.OURS, soon());
      bed.node("a").unpin(dags.get(InventoryRound.PAGE), PinBed.OURS, soon());

      bed.rounds(Duration.ofMinutes(2));

      assertThat(bed.nudged)
          .contains(
              dags.getFirst().toString(),
              dags.get(InventoryRound.PAGE - 1).toString(),
              dags.get(InventoryRound.PAGE).toString());
    }
  }

  @Test
  void aListingThatBreaksOffSaysNothingOfWhatItDidNotName() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      List<Cid> dags = bed.images(numbered(5), 3);
      InMemoryIpfsNode c = bed.node("c");
      bed.asked.put("c", breakingOff(c, 2));
      bed.restart("a", "b", "c");

      bed.rounds(Duration.ofMinutes(20));

      assertThat(bed.nudged).isEmpty();
      for (Cid dag : dags) {
        bed.awaitCopies(dag, "a", "b", "c");
      }
    }
  }

  @Test
  void aRestartLooksAtOnce() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c", "d")) {
      Cid gone = bed.image("one", 3);
      String holder = bed.verified(gone).getFirst();
      String away = bed.verified(gone).getLast();
      bed.node(away).trouble().goDown();
      bed.rounds(KeptBed.LOST_AFTER.minusMinutes(1));
      bed.node(holder).unpin(gone, PinBed.OURS, soon());

      bed.restart("a", "b", "c", "d");
      bed.round();
      Eventually.await(
          "the missing copy",
          () ->
              bed.verified(gone).size() == 3
                  && bed.verified(gone).stream()
                      .allMatch(name -> bed.node(name).pinned().containsKey(gone)));
    }
  }

  static List<String> numbered(int count) {
    return IntStream.range(0, count).mapToObj(i -> "image " + i).toList();
  }

  /** A node whose listing of pins ends after so many with a failure. */
  static IpfsNode breakingOff(InMemoryIpfsNode node, int after) {
    return KeptBed.behind(
        (_, method, arguments) -> {
          if (!method.getName().equals("pins")) {
            return method.invoke(node, arguments);
          }
          List<RecursivePin> all = new ArrayList<>();
          node.pins(all::add, soon());
          @SuppressWarnings("unchecked")
          Consumer<RecursivePin> each = (Consumer<RecursivePin>) arguments[0];
          all.stream().limit(after).forEach(each);
          throw new InvocationTargetException(
              new KuboException(Fault.FAILED, node.name(), "list pins", 200, "disk error", null));
        });
  }

  private static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(5));
  }
}
