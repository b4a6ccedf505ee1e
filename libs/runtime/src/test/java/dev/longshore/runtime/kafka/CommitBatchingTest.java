package dev.longshore.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Which commits share a transaction, by a clock that only waiting moves. */
final class CommitBatchingTest {
  private static final int LIMIT = 500;
  private static final String FIRST = "the first";
  private static final String OFFSET = "an offset alone";
  private static final String ENDED = "the end of a message";

  private final AtomicLong nanos = new AtomicLong();
  private final AtomicInteger underWay = new AtomicInteger();
  private final AtomicInteger behind = new AtomicInteger();
  private final Arriving queue = new Arriving();
  private final CommitBatching<String> gather =
      new CommitBatching<>(
          underWay::get,
          behind::get,
          request -> !request.equals(OFFSET),
          request -> request.equals(ENDED),
          nanos::get);

  /** A queue to which requests come while something waits for them. */
  private final class Arriving extends LinkedBlockingQueue<String> {
    private static final long serialVersionUID = 1L;
    private final List<Duration> arrivals = new ArrayList<>();
    private int waits;

    @Override
    public String poll(long limit, TimeUnit unit) {
      waits++;
      long left = unit.toNanos(limit);
      if (arrivals.isEmpty() || arrivals.getFirst().toNanos() > left) {
        nanos.addAndGet(Math.max(0, left));
        return null;
      }
      nanos.addAndGet(arrivals.removeFirst().toNanos());
      return "a later one";
    }
  }

  private List<String> batch() throws InterruptedException {
    List<String> batch = new ArrayList<>(List.of(FIRST));
    gather.fill(batch, LIMIT, queue);
    return batch;
  }

  private void manyCameLately() throws InterruptedException {
    for (int i = 1; i < CommitBatching.MANY; i++) {
      queue.add("one of many");
    }
    batch();
    queue.waits = 0;
  }

  private void comeEach(Duration gap, int count) {
    for (int i = 0; i < count; i++) {
      queue.arrivals.add(gap);
    }
  }

  @Test
  void whatEndsTogetherSharesATransaction() throws Exception {
    manyCameLately();
    underWay.set(20);
    comeEach(Duration.ofMillis(5), 19);
    assertThat(batch()).hasSize(20);
  }

  @Test
  void nobodyIsWaitedForOnceAllThatIsUnderWayIsThere() throws Exception {
    manyCameLately();
    underWay.set(5);
    comeEach(Duration.ofMillis(1), 4);
    assertThat(batch()).hasSize(5);
    assertThat(nanos).hasValue(Duration.ofMillis(4).toNanos());
  }

  @Test
  void aMessageAloneIsCommittedAtOnce() throws Exception {
    manyCameLately();
    underWay.set(1);
    assertThat(batch()).containsExactly(FIRST);
    assertThat(queue.waits).isZero();
  }

  @Test
  void theMessagesOfOnePushAreCommittedAtOnceWhateverCameBefore() throws Exception {
    manyCameLately();
    underWay.set(CommitBatching.FEW);
    assertThat(batch()).containsExactly(FIRST);
    assertThat(queue.waits).isZero();
  }

  @Test
  void aPushBesideImagesThatTakeLongIsCommittedAtOnce() throws Exception {
    manyCameLately();
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    underWay.set(20);
    assertThat(batch()).containsExactly(FIRST);
    assertThat(queue.waits).isZero();
  }

  @Test
  void whatDoesNotComeIsWaitedForOnce() throws Exception {
    manyCameLately();
    underWay.set(20);
    comeEach(CommitBatching.LIMIT.dividedBy(2), 1);
    assertThat(batch()).hasSize(2);
    assertThat(nanos).hasValue(CommitBatching.LIMIT.toNanos());
  }

  @Test
  void theFewerAreUnderWayTheShorterIsTheWait() throws Exception {
    manyCameLately();
    underWay.set(5);
    assertThat(batch()).containsExactly(FIRST);
    assertThat(nanos).hasValue(CommitBatching.FOR_EACH.multipliedBy(5).toNanos());
  }

  @Test
  void noCommitWaitsLongerHoweverManyAreUnderWay() throws Exception {
    manyCameLately();
    underWay.set(1_000);
    assertThat(batch()).containsExactly(FIRST);
    assertThat(nanos).hasValue(CommitBatching.LIMIT.toNanos());
  }

  @Test
  void inAFloodOfShortMessagesACommitWaitsAMoment() throws Exception {
    endedLately(CommitBatching.FLOOD);
    underWay.set(1);
    comeEach(Duration.ofMillis(40), 4);
    assertThat(batch()).hasSize(3);
    assertThat(nanos).hasValue(CommitBatching.IN_A_FLOOD.toNanos());
  }

  /** Each of them waits for this one, and would be waited for in its turn. */
  @Test
  void whatComesOneAfterAnotherIsNotHeldUpInAFlood() throws Exception {
    endedLately(CommitBatching.FLOOD);
    underWay.set(1);
    behind.set(CommitBatching.BEHIND);
    assertThat(batch()).containsExactly(FIRST);
    assertThat(queue.waits).isZero();
  }

  @Test
  void aFloodIsOverAfterASecond() throws Exception {
    endedLately(CommitBatching.FLOOD);
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(batch()).containsExactly(FIRST);
    assertThat(queue.waits).isZero();
  }

  @Test
  void fewerMessagesAreNoFlood() throws Exception {
    endedLately(CommitBatching.FLOOD - 1);
    underWay.set(1);
    assertThat(batch()).containsExactly(FIRST);
    assertThat(queue.waits).isZero();
  }

  private void endedLately(int messages) throws InterruptedException {
    for (int i = 0; i < messages; i++) {
      queue.add(ENDED);
    }
    batch();
    queue.waits = 0;
  }

  @Test
  void offsetsAloneAreNoneOfTheMessagesThatAreWaitedFor() throws Exception {
    manyCameLately();
    underWay.set(4);
    queue.addAll(List.of(OFFSET, OFFSET, OFFSET));
    comeEach(Duration.ofMillis(5), 3);
    assertThat(batch()).hasSize(7);
  }

  @Test
  void manyOffsetsAloneAreNoReasonToWait() throws Exception {
    for (int i = 0; i < CommitBatching.MANY; i++) {
      queue.add(OFFSET);
    }
    batch();
    underWay.set(20);
    assertThat(batch()).containsExactly(FIRST);
    assertThat(queue.waits).isZero();
  }

  @Test
  void aTransactionHasALimit() throws Exception {
    manyCameLately();
    underWay.set(2 * LIMIT);
    comeEach(Duration.ZERO, 2 * LIMIT);
    assertThat(batch()).hasSize(LIMIT);
  }

  @Test
  void whatWaitsAlreadyIsTakenAlong() throws Exception {
    queue.addAll(List.of("a second", "a third"));
    assertThat(batch()).containsExactly(FIRST, "a second", "a third");
    assertThat(queue.waits).isZero();
  }
}
