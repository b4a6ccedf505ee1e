package dev.longshore.converter.ingest;

import dev.longshore.converter.blob.BlobKey;
import dev.longshore.converter.blob.BlobTask;
import dev.longshore.converter.blob.StoredBlob;
import dev.longshore.converter.ingest.BlobStreamer.Streamed;
import dev.longshore.converter.source.SourceRepository;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.model.RepositoryName;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.TransientFailure;
import dev.longshore.runtime.service.turns.FairTurns;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;

/**
 * Brings blobs to the ingest peer, each once: a request for a blob already being read from the same
 * registry waits for it, whichever image it is for. None waits for another registry, which may
 * hang, and no fresh push for backfill, which may have to wait. A known blob is reused if the peer
 * has it, which is then held, and the repository serves it or it was read from there; so is a blob
 * that was waited for. A small one that another conversion only carries yet, and whose read has
 * ended, is read again: nobody can hold it.
 */
final class BlobIngest {
  private final IngestPeer peer;
  private final BlobStreamer streamer;
  private final KnownBlobs known;
  private final FairTurns streams;
  private final Clock clock;
  private final ConcurrentMap<Flight, CompletableFuture<Streamed>> flights =
      new ConcurrentHashMap<>();

  /**
   * @param streams turns of the blobs that are read, over all images and ingest peers
   */
  BlobIngest(
      IngestPeer peer, BlobStreamer streamer, KnownBlobs known, FairTurns streams, Clock clock) {
    this.peer = peer;
    this.streamer = streamer;
    this.known = known;
    this.streams = streams;
    this.clock = clock;
  }

  private record Flight(String endpoint, BlobKey blob) {}

  /** Whether it is being read. */
  boolean isComing(BlobKey blob) {
    return flights.keySet().stream().anyMatch(flight -> flight.blob().equals(blob));
  }

  /**
   * Returns when the peer has the result for the blob.
   *
   * @throws PermanentFailure when the registry lacks it, or has other bytes
   */
  StoredBlob ingest(SourceRepository upstream, BlobTask task, ConversionHold hold)
      throws TransientFailure, PermanentFailure, InterruptedException {
    Flight flight = new Flight(upstream.endpoint(), task.key());
    while (true) {
      var mine = new CompletableFuture<Streamed>();
      CompletableFuture<Streamed> theirs = flights.putIfAbsent(flight, mine);
      if (theirs == null) {
        try {
          return lead(upstream, task, hold, mine);
        } finally {
          flights.remove(flight, mine);
          mine.cancel(false);
        }
      }
      Optional<Streamed> came = follow(theirs);
      if (came.isPresent()
          && isFor(upstream, task, came.get().stored())
          && hasToo(hold, came.get())) {
        return came.get().stored();
      }
    }
  }

  /** Whether this conversion holds, too, what another one brought. */
  private boolean hasToo(ConversionHold hold, Streamed came)
      throws TransientFailure, PermanentFailure, InterruptedException {
    if (came.carried().isEmpty()) {
      return hold.keeps(came.stored().link());
    }
    try {
      hold.carry(came.carried());
      return true;
    } catch (KuboException e) {
      throw peer.failed(e);
    } catch (IOException e) {
      throw peer.brokenOff(e);
    }
  }

  private StoredBlob lead(
      SourceRepository upstream,
      BlobTask task,
      ConversionHold hold,
      CompletableFuture<Streamed> mine)
      throws TransientFailure, PermanentFailure, InterruptedException {
    Streamed came = lead(upstream, task, hold, known.find(task.key()));
    mine.complete(came);
    return came.stored();
  }

  private Streamed lead(
      SourceRepository upstream, BlobTask task, ConversionHold hold, Optional<StoredBlob> there)
      throws TransientFailure, PermanentFailure, InterruptedException {
    if (there.isEmpty() || !hold.keeps(there.get().link())) {
      return stream(upstream, task, hold, there);
    }
    return isFor(upstream, task, there.get())
        ? new Streamed(there.get(), List.of())
        : stream(upstream, task, hold, Optional.empty());
  }

  /**
   * Whether the repository may have it: a digest alone gives no access to another repository's
   * content. A registry's word proves nothing about content read from another registry.
   */
  private static boolean isFor(SourceRepository upstream, BlobTask task, StoredBlob stored)
      throws TransientFailure, PermanentFailure, InterruptedException {
    Optional<RepositoryName> source = stored.source();
    if (source.filter(upstream.name()::equals).isPresent()) {
      return true;
    }
    boolean elsewhere =
        source.filter(name -> !name.host().equals(upstream.name().host())).isPresent();
    return !elsewhere && upstream.serves(task.blob());
  }

  private Streamed stream(
      SourceRepository upstream, BlobTask task, ConversionHold hold, Optional<StoredBlob> lost)
      throws TransientFailure, PermanentFailure, InterruptedException {
    try (var _ = streams.take(upstream.program(), upstream.share())) {
      upstream.requireOpen();
      Instant began = clock.instant();
      Streamed came = streamer.stream(upstream, task, hold);
      StoredBlob stored =
          came.stored().tookMillis(Math.max(0, since(began).toMillis())).from(upstream.name());
      if (lost.isPresent() && known.find(task.key()).equals(lost)) {
        known.forget(task.key());
      }
      return new Streamed(known.add(task.key(), stored), came.carried());
    }
  }

  private Duration since(Instant began) {
    return Duration.between(began, clock.instant());
  }

  /** Empty if the other read failed: its registry, or its partition, is not ours. */
  private static Optional<Streamed> follow(CompletableFuture<Streamed> theirs)
      throws InterruptedException {
    try {
      return Optional.of(theirs.get());
    } catch (CancellationException | ExecutionException e) {
      return Optional.empty();
    }
  }
}
