package dev.longshore.resolver.content;

import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one fetch at a time for each blob, however many clients ask for it, and a limited number in
 * all.
 */
final class Downloads implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Downloads.class);

  private record Key(Digest digest, long size, Cid cid) {
    static Key of(LocatedContent content) {
      return new Key(content.digest(), content.size(), content.cid());
    }
  }

  private final BlobCache cache;
  private final NodeSource source;
  private final ContentMeter meter;
  private final FetchTurns turns;
  private final ChunkPool pool = new ChunkPool();
  private final Map<Key, Download> running = new HashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("download-", 0).factory());

  /**
   * @param turns the turns that fetches wait for
   */
  Downloads(BlobCache cache, NodeSource source, ContentMeter meter, FetchTurns turns) {
    this.cache = cache;
    this.source = source;
    this.meter = meter;
    this.turns = turns;
  }

  /**
   * Reads the blob from the cache, from a running fetch, or from a new one.
   *
   * @param caller the caller whose share a fetch counts against
   */
  InputStream open(LocatedContent content, String caller)
      throws UnavailableException, InterruptedException {
    if (content.size() == 0) {
      // Kubo's peers never send each other an empty block; its digest says all there is.
      return new VerifyingStream(
          content,
          InputStream.nullInputStream(),
          pool,
          new Hashing.Inline(content.digest().algorithm()),
          VerifyingStream.Outcome.UNHEARD,
          () -> {});
    }
    FetchTurns.Turn turn;
    lock.lockInterruptibly();
    try {
      Optional<CachedBlob> cached = cache.open(content.digest(), content.size());
      if (cached.isPresent()) {
        meter.hit();
        return verifying(content, cached.get());
      }
      Download download = running.get(Key.of(content));
      if (download != null) {
        meter.joined();
        return download.join(caller);
      }
      turn = turns.ask(content, caller);
      Optional<InputStream> reading = start(content, turn);
      if (reading.isPresent()) {
        return reading.get();
      }
    } catch (IOException e) {
      throw ContentFailures.stopped(content, 0, e);
    } finally {
      lock.unlock();
    }
    return direct(content, turn);
  }

  private InputStream verifying(LocatedContent content, CachedBlob cached) {
    return new VerifyingStream(
        content,
        Channels.newInputStream(cached.channel()),
        pool,
        new Hashing.Inline(content.digest().algorithm()),
        new VerifyingStream.Outcome() {
          @Override
          public void right() {
            cache.found(content.digest(), cached.state());
          }

          @Override
          public void wrong() {
            drop(content);
          }
        },
        () -> {});
  }

  /** Starts a fetch into the cache, if it has room; such a fetch never waits for a client. */
  private Optional<InputStream> start(LocatedContent content, FetchTurns.Turn turn)
      throws IOException {
    Optional<Path> part = Optional.empty();
    boolean passedOn = false;
    try {
      part = cache.reserve(content.digest(), content.size());
      Optional<InputStream> reading = Optional.empty();
      if (part.isPresent()) {
        Path file = part.get();
        Download download = new Download(content, file, turn);
        reading = Optional.of(download.open());
        threads.execute(() -> fetch(content, file, download, turn));
        running.put(Key.of(content), download);
      }
      passedOn = true;
      return reading;
    } finally {
      if (!passedOn) {
        turn.close();
        if (part.isPresent()) {
          cache.abandon(part.get(), content.size());
        }
      }
    }
  }

  private void fetch(LocatedContent content, Path part, Download download, FetchTurns.Turn turn) {
    try {
      try (turn) {
        turn.await();
        download.run(source);
      }
      finish(content, part);
      meter.fetched(content.size());
      download.verified();
    } catch (UnavailableException e) {
      meter.failed(e.reason());
      LOG.warn("{}", e.getMessage());
      give(content, part, download, e);
    } catch (RuntimeException | Error e) {
      // The thread ends here, and waiting readers must learn of any cause.
      LOG.error("fetching {} failed", content, e);
      give(content, part, download, ContentFailures.wrong(content, String.valueOf(e)));
    } catch (InterruptedException e) {
      give(
          content,
          part,
          download,
          ContentFailures.stopped(content, 0, new IOException("the resolver stops", e)));
      Thread.currentThread().interrupt();
    }
  }

  private void finish(LocatedContent content, Path part) throws UnavailableException {
    lock.lock();
    try {
      cache.commit(part, content.digest(), content.size());
      running.remove(Key.of(content));
    } catch (IOException e) {
      throw ContentFailures.stopped(content, content.size(), e);
    } finally {
      lock.unlock();
    }
  }

  private void give(
      LocatedContent content, Path part, Download download, UnavailableException cause) {
    lock.lock();
    try {
      running.remove(Key.of(content));
      cache.abandon(part, content.size());
    } catch (IOException e) {
      LOG.warn("{} could not be removed: {}", part, e.getMessage());
    } finally {
      lock.unlock();
    }
    download.failed(cause);
  }

  /** For a blob too large for the cache: each client has its own fetch. */
  private InputStream direct(LocatedContent content, FetchTurns.Turn turn)
      throws UnavailableException, InterruptedException {
    boolean opened = false;
    try {
      turn.await();
      InputStream stream = new TurnInput(source.whole(content), turn);
      opened = true;
      return new VerifyingStream(
          content, stream, pool, hashing(content), VerifyingStream.Outcome.UNHEARD, turn::close);
    } catch (IOException e) {
      throw ContentFailures.stopped(content, 0, e);
    } finally {
      if (!opened) {
        turn.close();
      }
    }
  }

  /** The disk is faster than the hash; the gateway is not. */
  private Hashing hashing(LocatedContent content) {
    Digest.Algorithm algorithm = content.digest().algorithm();
    return source.readsFiles() && content.size() > ChunkPool.CHUNK
        ? new Hashing.Beside(algorithm)
        : new Hashing.Inline(algorithm);
  }

  private void drop(LocatedContent content) {
    try {
      cache.drop(content.digest());
    } catch (IOException e) {
      LOG.warn("{} is damaged in the cache and stays: {}", content.digest(), e.getMessage());
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    threads.close();
  }
}
