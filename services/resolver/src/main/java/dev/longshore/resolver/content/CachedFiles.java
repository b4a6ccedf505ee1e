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
 * Gives out files of the cache whose bytes are all verified. Hashes a file of an earlier run first,
 * once however many callers ask.
 */
final class CachedFiles implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CachedFiles.class);

  /**
   * Concurrent hashes: a large file does not hold up all others, and some cores stay free for
   * requests.
   */
  private static final int AT_ONCE = 2;

  private static final int CHUNK = 256 * 1024;

  private final BlobCache cache;
  private final ContentMeter meter;
  private final Map<Digest, CountDownLatch> checks = new HashMap<>();
  private boolean closed;

  /** Platform threads: hashing never releases a virtual thread's carrier. */
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          AT_ONCE, Thread.ofPlatform().daemon().name("check-", 0).factory());

  CachedFiles(BlobCache cache, ContentMeter meter) {
    this.cache = cache;
    this.meter = meter;
  }

  /** The blob's file, if its bytes are verified; the caller closes it. */
  Optional<FileChannel> intact(LocatedContent content) throws UnavailableException {
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
      throw ContentFailures.stopped(content, 0, e);
    }
  }

  /**
   * Verifies the blob's file, and drops it if it is wrong.
   *
   * @return a latch that opens when that is done; null if there is no file
   */
  synchronized Optional<CountDownLatch> check(LocatedContent content) throws UnavailableException {
    CountDownLatch running = checks.get(content.digest());
    if (running != null) {
      return Optional.of(running);
    }
    try {
      Optional<CachedBlob> cached = cache.open(content.digest(), content.size());
      if (cached.isEmpty() || closed) {
        cached.map(CachedBlob::channel).ifPresent(ContentFailures::closeQuietly);
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
      throw ContentFailures.stopped(content, 0, e);
    }
  }

  private void check(LocatedContent content, CachedBlob cached, CountDownLatch check) {
    try (FileChannel file = cached.channel()) {
      meter.checked(content.size());
      Digest found = hash(content.digest().algorithm(), file);
      if (found.equals(content.digest())) {
        cache.found(content.digest(), cached.state());
      } else {
        drop(content, "its bytes hash to " + found);
      }
    } catch (IOException e) {
      // Otherwise each range would hash it again up to the unreadable place.
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

  private void drop(LocatedContent content, String why) {
    LOG.warn("{} is dropped from the cache: {}", content, why);
    try {
      cache.drop(content.digest());
    } catch (IOException e) {
      LOG.warn("{} is damaged in the cache and stays: {}", content.digest(), e.getMessage());
    }
  }

  private synchronized void end(LocatedContent content, CountDownLatch check) {
    checks.remove(content.digest());
    check.countDown();
  }

  /** Callers that still wait go on without the file. */
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
