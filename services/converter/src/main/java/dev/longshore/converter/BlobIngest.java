package dev.longshore.converter;

import dev.longshore.runtime.step.PermanentFailure;
import dev.longshore.runtime.step.TransientFailure;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;

/**
 * Brings blobs to the ingest peer, each once: whoever asks for a blob that is on its way from the
 * same registry waits for it, whatever image it is for; nobody waits for another registry, which
 * may hang. A known blob is taken as it is when the peer has its root block.
 */
final class BlobIngest {
  private final IngestPeer peer;
  private final BlobStreamer streamer;
  private final KnownBlobs known;
  private final FairTurns streams;
  private final Clock clock;
  private final ConcurrentMap<Flight, CompletableFuture<StoredBlob>> flights =
      new ConcurrentHashMap<>();

  /**
   * @param streams blobs on their way at once, over all images; one more for each registry that
   *     would have none
   */
  BlobIngest(IngestPeer peer, BlobStreamer streamer, KnownBlobs known, int streams, Clock clock) {
    this.peer = peer;
    this.streamer = streamer;
    this.known = known;
    this.streams = new FairTurns(streams);
    this.clock = clock;
  }

  private record Flight(String endpoint, BlobKey blob) {}

  /**
   * Returns when the peer has what is to be made of the blob.
   *
   * @throws PermanentFailure when the registry has it not, or other bytes
   */
  StoredBlob ingest(Upstream upstream, BlobTask task)
      throws TransientFailure, PermanentFailure, InterruptedException {
    Flight flight = new Flight(upstream.endpoint(), task.key());
    while (true) {
      var mine = new CompletableFuture<StoredBlob>();
      CompletableFuture<StoredBlob> theirs = flights.putIfAbsent(flight, mine);
      if (theirs == null) {
        try {
          return lead(upstream, task, mine);
        } finally {
          flights.remove(flight, mine);
          mine.cancel(false);
        }
      }
      Optional<StoredBlob> stored = follow(theirs);
      if (stored.isPresent()) {
        return stored.get();
      }
    }
  }

  private StoredBlob lead(Upstream upstream, BlobTask task, CompletableFuture<StoredBlob> mine)
      throws TransientFailure, PermanentFailure, InterruptedException {
    Optional<StoredBlob> there = known.find(task.key());
    StoredBlob stored =
        there.isPresent() && peer.holds(there.get().link().cid())
            ? there.get()
            : stream(upstream, task, there);
    mine.complete(stored);
    return stored;
  }

  private StoredBlob stream(Upstream upstream, BlobTask task, Optional<StoredBlob> lost)
      throws TransientFailure, PermanentFailure, InterruptedException {
    try (var _ = streams.take(upstream.endpoint())) {
      upstream.requireOpen();
      Instant began = clock.instant();
      StoredBlob stored =
          streamer.stream(upstream, task).tookMillis(Math.max(0, since(began).toMillis()));
      if (lost.isPresent() && known.find(task.key()).equals(lost)) {
        known.forget(task.key());
      }
      return known.add(task.key(), stored);
    }
  }

  private Duration since(Instant began) {
    return Duration.between(began, clock.instant());
  }

  /** None when the other one failed: its registry, or its partition, is not ours. */
  private static Optional<StoredBlob> follow(CompletableFuture<StoredBlob> theirs)
      throws InterruptedException {
    try {
      return Optional.of(theirs.get());
    } catch (CancellationException | ExecutionException e) {
      return Optional.empty();
    }
  }
}
