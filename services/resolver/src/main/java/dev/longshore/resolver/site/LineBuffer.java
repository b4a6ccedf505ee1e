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
 * Reads a stream on its own thread, so that the line is not idle while the reader gives blocks to
 * the node. The reader gets everything that came before a failure, then the failure.
 */
final class LineBuffer extends InputStream {
  private static final int PIECE = 64 * 1024;

  /** Pieces that were read and are filled anew, a megabyte: new ones are work for the collector. */
  private static final int SPARE = 16;

  private final InputStream in;
  private final LineBudget.Share share;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<byte[]> pieces = new ArrayDeque<>();
  private final Deque<byte[]> spare = new ArrayDeque<>();

  /** Bytes of the first piece that were read already. */
  private int taken;

  /** Bytes that came and were not read; all pieces but the last one are full. */
  private long waiting;

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
    byte[] piece = new byte[PIECE];
    int filled = 0;
    try {
      for (int n = in.read(piece, 0, PIECE); n >= 0; n = in.read(piece, filled, PIECE - filled)) {
        if (!share.take(n)) {
          return;
        }
        add(filled == 0 ? piece : null, n);
        filled += n;
        if (filled == PIECE) {
          piece = empty();
          filled = 0;
        }
      }
      end(null);
    } catch (IOException e) {
      end(e);
    } catch (RuntimeException | Error e) { // Its reader would wait for ever.
      end(new IOException(e));
    } catch (InterruptedException e) {
      end(new InterruptedIOException("reading ahead: interrupted"));
    }
  }

  private byte[] empty() {
    lock.lock();
    try {
      byte[] used = spare.poll();
      return used == null ? new byte[PIECE] : used;
    } finally {
      lock.unlock();
    }
  }

  /** So many bytes came, into a new piece if there is one. */
  private void add(byte @Nullable [] piece, int bytes) {
    lock.lock();
    try {
      if (!closed) {
        if (piece != null) {
          pieces.add(piece);
        }
        waiting += bytes;
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
      while (waiting == 0 && !ended && !closed) {
        changed.await();
      }
      byte[] piece = pieces.peek();
      if (closed || waiting == 0 || piece == null) {
        return ended();
      }
      int n = (int) Math.min(Math.min(length, PIECE - taken), waiting);
      System.arraycopy(piece, taken, into, offset, n);
      taken += n;
      waiting -= n;
      share.giveBack(n);
      if (taken == PIECE) {
        pieces.remove();
        taken = 0;
        if (spare.size() < SPARE) {
          spare.add(piece);
        }
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
      spare.clear();
      waiting = 0;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    share.close();
    in.close();
    thread.interrupt();
  }
}
