package dev.longshore.app.ops;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.longshore.runtime.edge.http.ChunkSource;
import dev.longshore.runtime.service.lifecycle.Part;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Tells open pages that something changed, by server-sent events. An event says only that, never
 * what: a stream that is behind has nothing to catch up with, so nothing is kept for it.
 */
final class LiveStreams implements Part {
  /** A tenth of a megabyte each; browsers keep one for each visible page. */
  static final int MOST = 64;

  private final Times times;
  private final String hello;
  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private long changes;
  private long reported;
  private boolean over;

  /**
   * Times of streams.
   *
   * @param gap between two events: changes in between are one
   * @param beat longest time without an event, so that the page sees that it is connected; it asks
   *     for everything again then, too
   * @param whole of a stream; the page opens another one, and shows again who it is
   */
  record Times(Duration gap, Duration beat, Duration whole) {
    static final Times USUAL =
        new Times(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofMinutes(10));
  }

  /**
   * @param version of the page's files
   */
  LiveStreams(Times times, String version, InstantSource clock) {
    this.times = times;
    this.clock = clock;
    this.reported = System.nanoTime() - times.beat().toNanos();
    this.hello =
        event("hello", JsonNodeFactory.instance.objectNode().put("version", version).toString());
  }

  @Override
  public String name() {
    return "live streams";
  }

  @Override
  public void start() {}

  /** Ends all streams, so that the listener need not wait for them. */
  @Override
  public void stop(Duration drain) {
    lock.lock();
    try {
      over = true;
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Something changed that pages show. */
  void changed() {
    lock.lock();
    try {
      changes++;
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * A site reported. Two hundred of them do so three times a second, so this makes an event once in
   * a beat at most, and the next beat shows the others.
   */
  void reported() {
    lock.lock();
    try {
      long now = System.nanoTime();
      if (now - reported >= times.beat().toNanos()) {
        reported = now;
        changes++;
        moved.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** One stream, from now on. */
  ChunkSource open() {
    return new Stream();
  }

  private static String event(String name, String data) {
    return "event: " + name + "\ndata: " + data + "\n\n";
  }

  private final class Stream implements ChunkSource {
    private final long end = System.nanoTime() + times.whole().toNanos();
    private long seen;
    private long last;
    private boolean greeted;

    @Override
    public @Nullable Chunk next() throws IOException {
      try {
        return following();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw (IOException) new InterruptedIOException("the stream was ended").initCause(e);
      }
    }

    private @Nullable Chunk following() throws InterruptedException {
      lock.lockInterruptibly();
      try {
        if (!greeted) {
          greeted = true;
          seen = changes;
          last = System.nanoTime();
          return over ? null : chunk(hello);
        }
        await(last + times.gap().toNanos(), false);
        await(last + times.beat().toNanos(), true);
        if (over || System.nanoTime() - end >= 0) {
          return null;
        }
        boolean changed = changes != seen;
        seen = changes;
        last = System.nanoTime();
        String now =
            JsonNodeFactory.instance.objectNode().put("at", clock.instant().toString()).toString();
        return chunk(event(changed ? "change" : "beat", now));
      } finally {
        lock.unlock();
      }
    }

    /** Waits until then, or until something changed if that is enough. */
    private void await(long until, boolean change) throws InterruptedException {
      while (!over && !(change && changes != seen)) {
        long left = Math.min(until, end) - System.nanoTime();
        if (left <= 0) {
          return;
        }
        long _ = moved.awaitNanos(Math.min(left, TimeUnit.HOURS.toNanos(1)));
      }
    }

    private static Chunk chunk(String text) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      return new Chunk() {
        @Override
        public ByteBuffer bytes() {
          return bytes;
        }

        @Override
        public void sent() {}
      };
    }
  }
}
