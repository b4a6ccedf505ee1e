package dev.longshore.estargz;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Keeps mapped files from filling memory while native code passes through them once: regularly
 * releases their pages to the file cache, from where the few still in use come back.
 */
final class Residence implements AutoCloseable {
  /** Interval in which the compressor advances by some 3 MB. */
  private static final long EVERY_MILLIS = 20;

  private final CountDownLatch end = new CountDownLatch(1);
  private final Runnable released;
  private final Thread thread;

  /** Of those that are maps; other memory is left as it is. Their arena is a shared one. */
  Residence(MemorySegment... memory) {
    this(() -> {}, memory);
  }

  /**
   * @param released runs each time that pages were given back
   */
  Residence(Runnable released, MemorySegment... memory) {
    this.released = released;
    List<MemorySegment> maps = Stream.of(memory).filter(MemorySegment::isMapped).toList();
    thread = Thread.ofPlatform().daemon().name("estargz-pages").unstarted(() -> release(maps));
    if (!maps.isEmpty()) {
      thread.start();
    }
  }

  private void release(List<MemorySegment> maps) {
    try {
      while (!end.await(EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
        maps.forEach(MemorySegment::unload);
        released.run();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // never happens: this class owns the thread
    }
  }

  /** Returns when this no longer touches the maps. */
  @Override
  public void close() {
    end.countDown();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true; // the caller is about to take the maps away
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
