package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.PeerState;
import dev.longshore.events.PeerState.Scrub;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.model.Cid;
import dev.longshore.model.PeerName;
import dev.longshore.runtime.testing.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How peers' copies are read, round after round. */
@Timeout(60)
class ScrubbedCopiesTest {
  private static final long FAST = 1 << 20;

  private final List<Cid> read = new CopyOnWriteArrayList<>();

  @Test
  void eachBlockIsReadOnceInARoundAndARoundBeginsOnceADay() throws Exception {
    try (KeptBed bed = bed(FAST)) {
      bed.layered(1, "shared", "one");
      bed.layered(1, "shared", "two");
      Set<Cid> all = bed.node("a").storedBlocks();

      bed.rounds(Duration.ofMinutes(10));
      assertThat(read).containsExactlyInAnyOrderElementsOf(all);
      Scrub scrub = awaitEnd(bed);
      assertThat(scrub.cursor()).isNull();
      assertThat(scrub.rot()).isNull();

      bed.clock.advance(SamplePinner.SCRUB_INTERVAL.minusMinutes(20));
      bed.rounds(Duration.ofMinutes(5));
      assertThat(read).hasSameSizeAs(all);
      read.clear();
      bed.rounds(Duration.ofMinutes(10));
      assertThat(read).containsExactlyInAnyOrderElementsOf(all);
    }
  }

  @Test
  void noMoreIsReadThanTheRateAllows() throws Exception {
    try (KeptBed bed = bed(1_000)) {
      for (int i = 0; i < 6; i++) {
        bed.layered(1, "one " + i);
      }
      int blocks = bed.node("a").storedBlocks().size();

      bed.round();
      assertThat(read).as("ten seconds of one block a second").hasSizeBetween(10, 20);
      for (int i = 0; i < 10; i++) {
        bed.round();
      }
      assertThat(read.size()).isLessThan(blocks);
    }
  }

  @Test
  void aRestartGoesOnAndTheRecordIsSeldomWritten() throws Exception {
    try (KeptBed bed = bed(100)) {
      for (int i = 0; i < 20; i++) {
        bed.layered(1, "one " + i);
      }
      Set<Cid> all = bed.node("a").storedBlocks();
      int before = bed.written(Topic.PEERS);
      bed.rounds(Duration.ofHours(1));
      assertThat(bed.written(Topic.PEERS) - before).isBetween(2, 14);
      Cid cursor = scrub(bed).map(Scrub::cursor).orElseThrow();
      assertThat(read.size()).isLessThan(all.size());
      List<Cid> readBefore = new ArrayList<>(read);

      bed.restart("a");
      bed.rounds(Duration.ofHours(3));

      awaitEnd(bed);
      assertThat(Set.copyOf(read)).isEqualTo(all);
      List<Cid> after = read.subList(readBefore.size(), read.size());
      assertThat(after).as("it was read to its end").doesNotContain(cursor);
      assertThat(after.size()).isLessThan(all.size() - readBefore.size() / 2);
    }
  }

  @Test
  void readingWaitsForAPeerThatIsAway() throws Exception {
    try (KeptBed bed = bed(1_000)) {
      for (int i = 0; i < 4; i++) {
        bed.layered(1, "one " + i);
      }
      Set<Cid> all = bed.node("a").storedBlocks();
      bed.round();
      bed.node("a").trouble().goDown();
      bed.rounds(Duration.ofMinutes(10));
      assertThat(read).hasSizeLessThan(22);
      List<Cid> before = List.copyOf(read);

      bed.node("a").trouble().clear();
      bed.rounds(Duration.ofMinutes(30));

      awaitEnd(bed);
      assertThat(Set.copyOf(read)).isEqualTo(all);
      assertThat(read).as("one was under way").hasSizeLessThan(all.size() + 3);
      assertThat(before).isNotEmpty();
    }
  }

  @Test
  void aPeerOfAnotherPinnerIsNotRead() throws Exception {
    try (KeptBed bed = bed(FAST)) {
      bed.layered(1, "one");
      bed.refuses = true;

      bed.rounds(Duration.ofHours(1));

      assertThat(read).isEmpty();
    }
  }

  @Test
  void aBlockThatIsMissingIsFound() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b")) {
      bed.scrubRate = FAST;
      bed.restart("a", "b");
      Cid image = bed.layered(2, "one");
      Cid leaf =
          bed.node("a").storedBlocks().stream()
              .filter(cid -> cid.codec() == Cid.RAW)
              .findFirst()
              .orElseThrow();
      bed.node("a").lose(leaf);

      bed.rounds(Duration.ofMinutes(5));

      Eventually.inRounds(
          "it is there again",
          () -> {
            bed.round();
            return bed.node("a").storedBlocks().contains(leaf) && bed.verified(image).size() == 2;
          });
    }
  }

  private KeptBed bed(long rate) {
    KeptBed bed = new KeptBed("a");
    InMemoryIpfsNode node = bed.node("a");
    bed.asked.put(
        "a",
        KeptBed.behind(
            (_, method, arguments) -> {
              if (method.getName().equals("block")) {
                read.add((Cid) arguments[0]);
              }
              return method.invoke(node, arguments);
            }));
    bed.scrubRate = rate;
    bed.restart("a");
    return bed;
  }

  private static Scrub awaitEnd(KeptBed bed) {
    Eventually.inRounds(
        "the end of the round",
        () -> {
          bed.round();
          return scrub(bed).map(Scrub::completedAt).isPresent();
        });
    return scrub(bed).orElseThrow();
  }

  private static Optional<Scrub> scrub(KeptBed bed) {
    return bed.catalog.peers().of(new PeerName("a")).map(PeerState::scrub);
  }
}
