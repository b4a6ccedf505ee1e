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

/** Hashes chunks, either where they are read or on a thread beside. */
sealed interface Hashing {
  /** Takes the next chunk; it is done with it sooner or later. */
  void add(PooledChunk chunk) throws IOException;

  /** The digest of all of them. */
  Digest finish() throws IOException;

  /** Gives up what is not hashed yet. */
  void stop();

  /** For bytes that cost somebody else more than their hash: one thread is enough. */
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

  /** For bytes that come faster than they can be hashed: the next ones are read meanwhile. */
  final class Beside implements Hashing {
    /** Chunks that wait for their turn; more would only leave the processor's cache. */
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
      } catch (Throwable e) { // No memory too: whoever waits for the digest must hear of it.
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
