package dev.longshore.resolver.content;

import dev.longshore.ipfs.IpfsDataException;
import dev.longshore.model.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One fetch of one blob into a cached file, which all its readers share while it grows.
 *
 * <p>RUNNING -> VERIFIED when the last byte has come and the digest matches; RUNNING -> FAILED when
 * the source fails, gives too many or too few bytes, or the digest does not match.
 */
final class Download {
  /**
   * Bytes held back until the digest matches: too many for a client to mistake the rest for the
   * whole blob.
   */
  static final int HELD_BACK = 64 * 1024;

  /** Read size: large enough for the gateway's pace, small enough for many readers at a time. */
  private static final int CHUNK = 256 * 1024;

  private enum State {
    RUNNING,
    VERIFIED,
    FAILED
  }

  private final LocatedContent content;
  private final Path file;
  private final FetchTurns.Turn turn;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private State state = State.RUNNING;
  private long written;
  private @Nullable UnavailableException failure;

  Download(LocatedContent content, Path file, FetchTurns.Turn turn) throws IOException {
    this.content = content;
    this.file = file;
    this.turn = turn;
    FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE).close();
  }

  /** Fetches the whole blob; returns normally only when the file holds exactly the right bytes. */
  void run(NodeSource source) throws UnavailableException, InterruptedException {
    MessageDigest hash = content.digest().algorithm().newHash();
    try (InputStream in = source.whole(content);
        FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
      byte[] chunk = new byte[Math.clamp(content.size() + 1, 1, CHUNK)];
      int n;
      while ((n = in.read(chunk)) >= 0) {
        if (written + n > content.size()) {
          throw wrong("more than " + content.size() + " bytes came");
        }
        hash.update(chunk, 0, n);
        write(out, ByteBuffer.wrap(chunk, 0, n));
        advance(n);
      }
    } catch (IpfsDataException e) {
      throw wrong(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw ContentFailures.stopped(content, written, e);
    }
    if (written != content.size()) {
      throw wrong("only " + written + " of " + content.size() + " bytes came");
    }
    Digest found = Digest.finish(content.digest().algorithm(), hash);
    if (!found.equals(content.digest())) {
      throw wrong("its bytes hash to " + found);
    }
  }

  /** Releases the held-back end to the readers. */
  void verified() {
    end(State.VERIFIED, null);
  }

  /** Ends all reads with the failure. */
  void failed(UnavailableException cause) {
    end(State.FAILED, cause);
  }

  /** A read for a further caller, who may have a turn left when the first has none. */
  InputStream join(String caller) throws IOException {
    InputStream reading = open();
    turn.join(caller);
    return reading;
  }

  /** A read from the start; opened before the download ends, it stays readable afterwards. */
  InputStream open() throws IOException {
    return new Reader(FileChannel.open(file));
  }

  private UnavailableException wrong(String what) {
    return ContentFailures.wrong(content, what);
  }

  private static void write(FileChannel out, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }

  private void advance(int n) {
    lock.lock();
    try {
      written += n;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void end(State last, @Nullable UnavailableException cause) {
    lock.lock();
    try {
      state = last;
      failure = cause;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until the byte at {@code position} may be read; returns the end of the readable part. */
  private long awaitBeyond(long position) throws UnavailableException, InterruptedException {
    lock.lockInterruptibly();
    try {
      while (state == State.RUNNING && Math.min(written, heldFrom()) <= position) {
        changed.await();
      }
      if (failure != null) {
        throw failure.again();
      }
      return state == State.VERIFIED ? content.size() : Math.min(written, heldFrom());
    } finally {
      lock.unlock();
    }
  }

  private long heldFrom() {
    return content.size() - HELD_BACK;
  }

  /** One client's read of the file. */
  private final class Reader extends InputStream {
    private final FileChannel channel;
    private long position;

    Reader(FileChannel channel) {
      this.channel = channel;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      long end;
      try {
        end = awaitBeyond(position);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw (IOException) new InterruptedIOException("reading was given up").initCause(e);
      }
      if (position == end) {
        return -1;
      }
      int most = (int) Math.min(length, end - position);
      try {
        int n = channel.read(ByteBuffer.wrap(into, offset, most), position);
        if (n < 0) {
          throw wrong("its file in the cache was cut");
        }
        position += n;
        return n;
      } catch (IOException e) {
        throw ContentFailures.stopped(content, position, e);
      }
    }

    @Override
    public void close() {
      ContentFailures.closeQuietly(channel);
    }
  }
}
