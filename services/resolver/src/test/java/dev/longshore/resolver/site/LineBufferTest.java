package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.runtime.testing.Eventually;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class LineBufferTest {
  private static final int BYTES = 1_000_000;

  /** Bytes that were read from below. */
  private final AtomicLong read = new AtomicLong();

  private static LineBudget.Share share(long bytes) {
    return new LineBudget(bytes).open(bytes);
  }

  private InputStream line(byte[] content) {
    return new InputStream() {
      private final InputStream in = new ByteArrayInputStream(content);

      @Override
      public int read() {
        throw new AssertionError("it reads pieces");
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        int n = in.read(into, offset, length);
        read.addAndGet(Math.max(0, n));
        return n;
      }
    };
  }

  @Test
  void readsOnWhileNobodyReadsUpToItsLimit() throws Exception {
    byte[] content = new byte[BYTES];
    new Random(1).nextBytes(content);
    try (LineBuffer ahead = new LineBuffer(line(content), share(BYTES / 2))) {
      Eventually.await("half of it was read", () -> read.get() >= BYTES / 2);
      assertThat(read.get()).isLessThan(BYTES * 3 / 4);

      assertThat(ahead.readAllBytes()).isEqualTo(content);
    }
  }

  @Test
  void whatComesInDropsIsReadWholeWhateverIsReadAtOnce() throws Exception {
    Random random = new Random(2);
    byte[] content = new byte[BYTES];
    random.nextBytes(content);
    Random drops = new Random(3);
    InputStream line =
        new ByteArrayInputStream(content) {
          @Override
          public synchronized int read(byte[] into, int offset, int length) {
            return super.read(into, offset, Math.min(length, 1 + drops.nextInt(20_000)));
          }
        };
    LineBudget budget = new LineBudget(BYTES / 3);
    ByteArrayOutputStream came = new ByteArrayOutputStream();
    byte[] buffer = new byte[150_000];
    try (LineBuffer ahead = new LineBuffer(line, budget.open(BYTES / 3))) {
      int n = 0;
      while (n >= 0) {
        came.write(buffer, 0, n);
        n = ahead.read(buffer, 0, 1 + random.nextInt(buffer.length));
      }
      assertThat(budget.taken()).isZero();
    }

    assertThat(came.toByteArray()).isEqualTo(content);
  }

  @Test
  void whatCameBeforeAFailureIsReadBeforeThatIsTold() throws Exception {
    InputStream cut =
        new InputStream() {
          private boolean begun;

          @Override
          public int read() {
            throw new AssertionError("it reads pieces");
          }

          @Override
          public int read(byte[] into, int offset, int length) throws IOException {
            if (begun) {
              throw new IOException("the line is cut");
            }
            begun = true;
            return 3;
          }
        };
    try (LineBuffer ahead = new LineBuffer(cut, share(10))) {
      assertThat(ahead.readNBytes(3)).hasSize(3);
      assertThatThrownBy(ahead::read).isInstanceOf(IOException.class).hasMessage("the line is cut");
      assertThatThrownBy(ahead::read).hasMessage("the line is cut");
    }
  }

  /** A transfer would hang for ever. */
  @Test
  void anErrorOfTheLineEndsTheReadThatWaits() throws Exception {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() {
            throw new AssertionError("it reads pieces");
          }

          @Override
          public int read(byte[] into, int offset, int length) {
            throw new NoSuchMethodError("of a jar that was exchanged");
          }
        };
    try (LineBuffer ahead = new LineBuffer(broken, share(10))) {
      assertThatThrownBy(ahead::read)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("of a jar that was exchanged");
    }
  }

  @Test
  void closingItEndsAReadThatWaitsForTheLine() throws Exception {
    CountDownLatch waits = new CountDownLatch(1);
    AtomicBoolean ended = new AtomicBoolean();
    InputStream silent =
        new InputStream() {
          private final CountDownLatch closed = new CountDownLatch(1);

          @Override
          public int read() throws IOException {
            waits.countDown();
            try {
              closed.await();
            } catch (InterruptedException e) {
              ended.set(true);
              throw new IOException(e);
            }
            ended.set(true);
            return -1;
          }

          @Override
          public int read(byte[] into, int offset, int length) throws IOException {
            return read();
          }

          @Override
          public void close() {
            closed.countDown();
          }
        };
    LineBuffer ahead = new LineBuffer(silent, share(10));
    waits.await();
    ahead.close();
    Eventually.await("the read ended", ended::get);
    assertThatThrownBy(ahead::read).isInstanceOf(IOException.class);
  }

  @Test
  void anInterruptEndsItsReaderAndStays() throws Exception {
    try (LineBuffer ahead = new LineBuffer(new ByteArrayInputStream(new byte[1]), share(10))) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(ahead::read)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("interrupted");
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void whatCameBeforeItWasFinishedIsReadYet() throws Exception {
    byte[] content = new byte[BYTES];
    new Random(1).nextBytes(content);
    try (LineBuffer ahead = new LineBuffer(line(content), share(BYTES / 2))) {
      Eventually.await("half of it was read", () -> read.get() >= BYTES / 2);

      ahead.finish();

      assertThat(ahead.readNBytes(BYTES / 2 - 64 * 1024))
          .isEqualTo(Arrays.copyOf(content, BYTES / 2 - 64 * 1024));
      assertThatThrownBy(ahead::readAllBytes).isInstanceOf(LineBuffer.FinishedException.class);
    }
  }
}
