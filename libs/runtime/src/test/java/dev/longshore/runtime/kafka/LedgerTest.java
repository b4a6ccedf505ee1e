package dev.longshore.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LedgerTest {
  private static Ledger restarted(OffsetAndMetadata committed) {
    return new Ledger(committed.offset(), Ledger.bits(committed));
  }

  @Test
  void theLowestUnfinishedOffsetIsCommittedWithABitForEachFinishedOneAbove() {
    Ledger ledger = new Ledger(100, new BitSet());
    for (long offset = 100; offset < 110; offset++) {
      assertThat(ledger.accept(offset)).isTrue();
    }
    OffsetAndMetadata committed = ledger.after(Set.of(100L, 103L, 105L));
    assertThat(committed.offset()).isEqualTo(101);
    // Bits 2 and 4 above 101: 0b10100.
    assertThat(committed.metadata()).isEqualTo("FA==");
  }

  @Test
  void nothingIsNotedByAskingWhatToCommit() {
    Ledger ledger = new Ledger(0, new BitSet());
    ledger.accept(0);
    ledger.accept(1);
    ledger.after(Set.of(0L));
    assertThat(ledger.after(Set.of())).isEqualTo(new OffsetAndMetadata(0, ""));
    assertThat(ledger.underWay()).isEqualTo(2);
  }

  @Test
  void offsetsThatAreNoRecordsAreSteppedOver() {
    Ledger ledger = new Ledger(0, new BitSet());
    ledger.accept(3);
    ledger.accept(9);
    assertThat(ledger.after(Set.of(3L)).offset()).isEqualTo(9);
    assertThat(ledger.after(Set.of(3L, 9L)).offset()).isEqualTo(10);
    assertThat(restarted(ledger.after(Set.of(9L))).accept(9)).isFalse();
  }

  @Test
  void aRecordThatWasPutAsideIsHandledOnceWhenItIsReadAgain() {
    Ledger ledger = new Ledger(0, new BitSet());
    ledger.accept(0);
    ledger.putAside(0);
    assertThat(ledger.underWay()).isZero();

    assertThat(ledger.accept(0)).isTrue();
    assertThat(ledger.accept(0)).isFalse();
    assertThat(ledger.underWay()).isEqualTo(1);
  }

  @Test
  void restsOnlyWhenAllThatWasReadIsFinished() {
    Ledger ledger = new Ledger(5, new BitSet());
    assertThat(ledger.isAtRest()).isTrue();
    ledger.accept(5);
    ledger.accept(6);
    ledger.putAside(6);

    ledger.finish(Set.of(5L));
    assertThat(ledger.isAtRest()).as("with a record that is read again later").isFalse();
    ledger.finish(Set.of(6L));
    assertThat(ledger.isAtRest()).isTrue();
  }

  @Test
  void aFinishedRecordIsNotRepeatedAfterARestart() {
    Ledger before = new Ledger(0, new BitSet());
    for (long offset = 0; offset < 20; offset++) {
      before.accept(offset);
    }
    before.finish(Set.of(1L, 5L, 19L));
    Ledger after = restarted(before.after(Set.of(7L)));
    List<Long> again = new ArrayList<>();
    for (long offset = 0; offset < 20; offset++) {
      if (after.accept(offset)) {
        again.add(offset);
      }
    }
    assertThat(again).hasSize(16).doesNotContain(1L, 5L, 7L, 19L);
  }

  @Test
  void aPartitionIsFullBeforeAPollCouldPassTheLimit() {
    Ledger ledger = new Ledger(0, new BitSet());
    long offset = 0;
    while (!ledger.isFull()) {
      ledger.accept(offset++);
    }
    assertThat(ledger.underWay() + Ledger.POLL_LIMIT - 1).isEqualTo(Ledger.UNDER_WAY_LIMIT);
    ledger.finish(Set.of(0L));
    assertThat(ledger.isFull()).isFalse();
  }

  @Test
  void oneSlowRecordHoldsBackNoMoreThanTheWindow() {
    Ledger ledger = new Ledger(0, new BitSet());
    ledger.accept(0);
    long offset = 1;
    while (!ledger.isFull()) {
      ledger.accept(offset);
      ledger.finish(Set.of(offset++));
    }
    assertThat(offset).isEqualTo(Ledger.WINDOW);
    OffsetAndMetadata committed = ledger.after(Set.of());
    assertThat(committed.offset()).isZero();
    assertThat(committed.metadata().length()).isLessThan(4096);
    assertThat(restarted(committed).accept(Ledger.WINDOW - 1)).isFalse();
  }

  @Test
  void aGapIsCommittedUntilItAndAllThatCameMeanwhileAreMadeGood() {
    Ledger ledger = new Ledger(0, new BitSet());
    long first = ledger.openGap();
    ledger.accept(0);
    ledger.accept(1);
    OffsetAndMetadata committed = ledger.after(Set.of(1L));
    assertThat(Ledger.hasGap(committed)).isTrue();
    assertThat(restarted(committed).accept(1)).as("a record that is finished").isFalse();

    long second = ledger.openGap();
    ledger.closeGap(first);
    assertThat(Ledger.hasGap(ledger.after(Set.of()))).isTrue();
    assertThat(ledger.hasOpenGap()).isTrue();
    ledger.closeGap(second);
    assertThat(ledger.hasOpenGap()).isFalse();
    assertThat(ledger.after(Set.of())).isEqualTo(new OffsetAndMetadata(0, ""));
  }

  @Test
  void metadataOfOthersIsIgnored() {
    assertThat(Ledger.bits(new OffsetAndMetadata(5, "not ours!"))).isEqualTo(new BitSet());
    assertThat(Ledger.bits(new OffsetAndMetadata(5, ""))).isEqualTo(new BitSet());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void anyOrderOfEndsAndRestartsHandlesEveryRecordOnce(long seed) {
    Random random = new Random(seed);
    Set<Long> done = new HashSet<>();
    OffsetAndMetadata committed = new OffsetAndMetadata(0, "");
    int total = 500;
    while (done.size() < total) {
      Ledger ledger = restarted(committed);
      List<Long> underWay = new ArrayList<>();
      long next = committed.offset();
      for (int moves = random.nextInt(200); moves > 0; moves--) {
        if (next < total && !ledger.isFull() && random.nextBoolean()) {
          if (ledger.accept(next)) {
            assertThat(done).doesNotContain(next);
            underWay.add(next);
          } else {
            assertThat(done).contains(next);
          }
          next++;
        } else if (!underWay.isEmpty()) {
          long ended = underWay.remove(random.nextInt(underWay.size()));
          committed = ledger.after(Set.of(ended));
          ledger.finish(Set.of(ended));
          done.add(ended);
        }
      }
    }
    assertThat(committed).isEqualTo(new OffsetAndMetadata(total, ""));
  }
}
