package dev.longshore.resolver.content;

import dev.longshore.model.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files of the cache as they are: given out once all of their bytes are known to be right. One of
 * an earlier run is hashed for that, once however many ask.
 */
final class CachedFiles implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CachedFiles.class);

  /** Files hashed at once: a large one does not hold up all others, and cores stay for requests. */
  private static final int AT_ONCE = 2;

  private static final int CHUNK = 256 * 1024;

  private final BlobCache cache;
  private final ContentMeter meter;
  private final Map<Digest, CountDownLatch> checks = new HashMap<>();
  private boolean closed;

  /** Threads of the system: a hash never lets go of a virtual thread's carrier. */
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          AT_ONCE, Thread.ofPlatform().daemon().name("check-", 0).factory());

  CachedFiles(BlobCache cache, ContentMeter meter) {
    this.cache = cache;
    this.meter = meter;
  }

  /** The blob's file, if its bytes are known to be right; the caller closes it. */
  Optional<FileChannel> intact(Content content) throws UnavailableException {
    try {
      Optional<CachedBlob> cached = cache.open(content.digest(), content.size());
      if (cached.isEmpty()) {
        return Optional.empty();
      }
      if (!cached.get().intact()) {
        cached.get().channel().close();
        return Optional.empty();
      }
      meter.hit();
      return Optional.of(cached.get().channel());
    } catch (IOException e) {
      throw Failures.stopped(content, 0, e);
    }
  }

  /**
   * Finds out whether the blob's file is right; one that is not is dropped.
   *
   * @return what opens when that is known; nothing if there is no file
   */
  synchronized Optional<CountDownLatch> check(Content content) throws UnavailableException {
    CountDownLatch running = checks.get(content.digest());
    if (running != null) {
      return Optional.of(running);
    }
    try {
      Optional<CachedBlob> cached = cache.open(content.digest(), content.size());
      if (cached.isEmpty() || closed) {
        cached.map(CachedBlob::channel).ifPresent(Failures::closeQuietly);
        return Optional.empty();
      }
      if (cached.get().intact()) {
        cached.get().channel().close();
        return Optional.of(new CountDownLatch(0));
      }
      CountDownLatch begun = new CountDownLatch(1);
      checks.put(content.digest(), begun);
      threads.execute(() -> check(content, cached.get(), begun));
      return Optional.of(begun);
    } catch (IOException e) {
      throw Failures.stopped(content, 0, e);
    }
  }

  private void check(Content content, CachedBlob cached, CountDownLatch check) {
    try (FileChannel file = cached.channel()) {
      meter.checked(content.size());
      Digest found = hash(content.digest().algorithm(), file);
      if (found.equals(content.digest())) {
        cache.found(content.digest(), cached.state());
      } else {
        drop(content, "its bytes hash to " + found);
      }
    } catch (IOException e) {
      // Or each range would hash it anew up to where it cannot be read.
      if (!Thread.currentThread().isInterrupted()) {
        drop(content, String.valueOf(e.getMessage()));
      }
    } finally {
      end(content, check);
    }
  }

  private static Digest hash(Digest.Algorithm algorithm, FileChannel file) throws IOException {
    MessageDigest hash = algorithm.newHash();
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
    while (file.read(chunk.clear()) >= 0) {
      hash.update(chunk.flip());
    }
    return Digest.finish(algorithm, hash);
  }

  private void drop(Content content, String why) {
    LOG.warn("{} is dropped from the cache: {}", content, why);
    try {
      cache.drop(content.digest());
    } catch (IOException e) {
      LOG.warn("{} is damaged in the cache and stays: {}", content.digest(), e.getMessage());
    }
  }

  private synchronized void end(Content content, CountDownLatch check) {
    checks.remove(content.digest());
    check.countDown();
  }

  /** Whoever still waits goes on without the file. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    threads.shutdownNow();
    threads.close();
    synchronized (this) {
      checks.values().forEach(CountDownLatch::countDown);
      checks.clear();
    }
  }
}
