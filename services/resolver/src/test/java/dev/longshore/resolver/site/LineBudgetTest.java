package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.runtime.testing.Eventually;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Six images that come at once, as fast as can be, for readers that take nothing. */
@Timeout(20)
class LineBudgetTest {
  private static final int STREAMS = 6;
  private static final long MOST = 6L << 20;
  private static final int PIECE = 64 * 1024;

  private final LineBudget budget = new LineBudget(MOST);
  private final List<Endless> lines = new ArrayList<>();
  private final List<LineBuffer> readers = new ArrayList<>();

  /** A line that never ends. */
  private static final class Endless extends InputStream {
    private final AtomicLong read = new AtomicLong();

    @Override
    public int read() {
      throw new AssertionError("it reads pieces");
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      read.addAndGet(length);
      return length;
    }
  }

  private void open() {
    Endless line = new Endless();
    lines.add(line);
    readers.add(new LineBuffer(line, budget.open(MOST)));
  }

  @AfterEach
  void close() throws Exception {
    for (LineBuffer reader : readers) {
      reader.close();
    }
    assertThat(budget.taken()).isZero();
  }

  /** What waits, and the piece that each stream has in its hand. */
  private long read() {
    return lines.stream().mapToLong(line -> line.read.get()).sum();
  }

  @Test
  void sixSlowReadersHaveTogetherWhatOneMayHave() throws Exception {
    for (int i = 0; i < STREAMS; i++) {
      open();
    }
    Eventually.await("all is taken", () -> budget.taken() > MOST - PIECE);

    // One piece that each may have in any case, and one that it waits with.
    Eventually.await(
        "all of them wait",
        () -> lines.stream().allMatch(line -> line.read.get() > PIECE) && read() > MOST);
    assertThat(budget.taken()).isLessThanOrEqualTo(MOST + STREAMS * PIECE);
    assertThat(read()).isLessThanOrEqualTo(MOST + 2 * STREAMS * PIECE);
  }

  @Test
  void whoComesWhenAllIsTakenHasAPieceAndItsPartOnceTheOthersRead() throws Exception {
    open();
    Eventually.await("all is taken", () -> budget.taken() > MOST - PIECE);
    open();

    assertThat(readers.getLast().readNBytes(10 * PIECE)).hasSize(10 * PIECE);
    assertThat(budget.taken()).isLessThanOrEqualTo(MOST + PIECE);

    long before = lines.getFirst().read.get();
    assertThat(readers.getFirst().readNBytes((int) MOST / 2)).hasSize((int) MOST / 2);
    Eventually.await(
        "the second has its half",
        () -> lines.getLast().read.get() >= 10 * PIECE + MOST / 2 && budget.taken() <= MOST);
    assertThat(lines.getFirst().read.get() - before).isLessThanOrEqualTo(PIECE);
  }

  @Test
  void whatAClosedStreamHadIsTheOthers() throws Exception {
    open();
    open();
    Eventually.await("all is taken", () -> budget.taken() > MOST - 2 * PIECE);
    readers.getFirst().close();

    Eventually.await("the other has all", () -> lines.getLast().read.get() >= MOST);
  }
}
