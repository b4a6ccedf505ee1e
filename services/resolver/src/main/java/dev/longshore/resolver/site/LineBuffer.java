package dev.longshore.resolver.site;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stream on a thread of its own, so that the line is not idle while its reader gives blocks
 * to the node. What came before a failure is read before that is told.
 */
final class LineBuffer extends InputStream {
  private static final int PIECE = 64 * 1024;

  private final InputStream in;
  private final LineBudget.Share share;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<byte[]> pieces = new ArrayDeque<>();

  /** Bytes of the first piece that were read already. */
  private int taken;

  private boolean ended;
  private boolean closed;
  private @Nullable IOException failure;

  /** What came before it was finished was read. */
  static final class FinishedException extends IOException {
    private static final long serialVersionUID = 1;

    private FinishedException() {
      super("nothing more is read from the line");
    }
  }

  /**
   * @param share where the bytes count that wait for their reader
   */
  LineBuffer(InputStream in, LineBudget.Share share) {
    this.in = in;
    this.share = share;
    this.thread = Thread.ofVirtual().name("line-buffer").start(this::fill);
  }

  private void fill() {
    byte[] buffer = new byte[PIECE];
    try {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (!share.take(n)) {
          return;
        }
        byte[] piece = new byte[n];
        System.arraycopy(buffer, 0, piece, 0, n);
        add(piece);
      }
      end(null);
    } catch (IOException e) {
      end(e);
    } catch (RuntimeException e) {
      end(new IOException(e));
    } catch (InterruptedException e) {
      end(new InterruptedIOException("reading ahead: interrupted"));
    }
  }

  private void add(byte[] piece) {
    lock.lock();
    try {
      if (!closed) {
        pieces.add(piece);
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private void end(@Nullable IOException why) {
    lock.lock();
    try {
      if (!ended) {
        ended = true;
        failure = why;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    try {
      lock.lockInterruptibly();
    } catch (InterruptedException e) {
      throw interrupted();
    }
    try {
      while (pieces.isEmpty() && !ended && !closed) {
        changed.await();
      }
      byte[] piece = pieces.peek();
      if (closed || piece == null) {
        return ended();
      }
      int n = Math.min(length, piece.length - taken);
      System.arraycopy(piece, taken, into, offset, n);
      taken += n;
      if (taken == piece.length) {
        pieces.remove();
        taken = 0;
        share.giveBack(piece.length);
      }
      return n;
    } catch (InterruptedException e) {
      throw interrupted();
    } finally {
      lock.unlock();
    }
  }

  private int ended() throws IOException {
    if (failure != null) {
      throw failure;
    }
    if (closed) {
      throw new IOException("the stream is closed");
    }
    return -1;
  }

  private static InterruptedIOException interrupted() {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("reading from the line: interrupted");
  }

  /** Reads no more from the line; what came already is still to be read. */
  void finish() {
    end(new FinishedException());
    thread.interrupt();
    try {
      in.close();
    } catch (IOException e) {
      // Nothing of it is read any more.
    }
  }

  /** Ends the reading, also one that waits for the line. */
  @Override
  public void close() throws IOException {
    lock.lock();
    try {
      closed = true;
      pieces.clear();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    share.close();
    in.close();
    thread.interrupt();
  }
}
