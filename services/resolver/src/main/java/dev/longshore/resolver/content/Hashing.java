package dev.longshore.resolver.content;

import dev.longshore.model.Digest;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Hashes chunks, either on the reader's thread or on a separate one. */
sealed interface Hashing {
  /** Takes the next chunk, and releases it later. */
  void add(PooledChunk chunk) throws IOException;

  /** The digest of all chunks. */
  Digest finish() throws IOException;

  /** Discards chunks not hashed yet. */
  void stop();

  /** For bytes that take longer to arrive than to hash: one thread is enough. */
  final class Inline implements Hashing {
    private final Digest.Algorithm algorithm;
    private final MessageDigest hash;

    Inline(Digest.Algorithm algorithm) {
      this.algorithm = algorithm;
      this.hash = algorithm.newHash();
    }

    @Override
    public void add(PooledChunk chunk) {
      hash.update(chunk.bytes());
      chunk.done();
    }

    @Override
    public Digest finish() {
      return Digest.finish(algorithm, hash);
    }

    @Override
    public void stop() {}
  }

  /** For bytes that arrive faster than they can be hashed: reads ahead meanwhile. */
  final class Beside implements Hashing {
    /** Waiting chunks; more would only leave the processor's cache. */
    private static final int AHEAD = 3;

    /** Empty: that was all. */
    private final BlockingQueue<Optional<PooledChunk>> waiting = new ArrayBlockingQueue<>(AHEAD);

    private final CompletableFuture<Digest> result = new CompletableFuture<>();
    private final Inline inline;
    private final Thread thread;

    Beside(Digest.Algorithm algorithm) {
      this.inline = new Inline(algorithm);
      this.thread = Thread.ofVirtual().name("hash").start(this::run);
    }

    private void run() {
      try {
        Optional<PooledChunk> next = waiting.take();
        while (next.isPresent()) {
          inline.add(next.get());
          next = waiting.take();
        }
        result.complete(inline.finish());
      } catch (InterruptedException e) {
        waiting.forEach(left -> left.ifPresent(PooledChunk::done));
        Thread.currentThread().interrupt();
      } catch (Throwable e) { // Even out of memory: the waiting reader must learn of it.
        result.completeExceptionally(e);
      }
    }

    @Override
    public void add(PooledChunk chunk) throws IOException {
      try {
        waiting.put(Optional.of(chunk));
      } catch (InterruptedException e) {
        chunk.done();
        throw givenUp(e);
      }
    }

    @Override
    public Digest finish() throws IOException {
      try {
        waiting.put(Optional.empty());
        return result.get();
      } catch (InterruptedException e) {
        throw givenUp(e);
      } catch (ExecutionException e) {
        throw new IOException("the hash failed", e);
      }
    }

    private static IOException givenUp(InterruptedException e) {
      Thread.currentThread().interrupt();
      return (IOException) new InterruptedIOException("reading was given up").initCause(e);
    }

    @Override
    public void stop() {
      thread.interrupt();
    }
  }
}
