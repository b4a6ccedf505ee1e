package dev.longshore.converter;

import dev.longshore.ipfs.unixfs.DagLink;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.Digest;
import dev.longshore.runtime.step.PermanentFailure;
import dev.longshore.runtime.step.TransientFailure;
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
  private final ConcurrentMap<Flight, CompletableFuture<DagLink>> flights =
      new ConcurrentHashMap<>();

  /**
   * @param streams blobs on their way at once, over all images; one more for each registry that
   *     would have none
   */
  BlobIngest(IngestPeer peer, BlobStreamer streamer, KnownBlobs known, int streams) {
    this.peer = peer;
    this.streamer = streamer;
    this.known = known;
    this.streams = new FairTurns(streams);
  }

  private record Flight(String endpoint, Digest blob) {}

  /**
   * Returns when the peer has the blob.
   *
   * @throws PermanentFailure when the registry has it not, or other bytes
   */
  DagLink ingest(Upstream upstream, Descriptor blob)
      throws TransientFailure, PermanentFailure, InterruptedException {
    Flight flight = new Flight(upstream.endpoint(), blob.digest());
    while (true) {
      var mine = new CompletableFuture<DagLink>();
      CompletableFuture<DagLink> theirs = flights.putIfAbsent(flight, mine);
      if (theirs == null) {
        try {
          return lead(upstream, blob, mine);
        } finally {
          flights.remove(flight, mine);
          mine.cancel(false);
        }
      }
      Optional<DagLink> link = follow(theirs);
      if (link.isPresent()) {
        return link.get();
      }
    }
  }

  private DagLink lead(Upstream upstream, Descriptor blob, CompletableFuture<DagLink> mine)
      throws TransientFailure, PermanentFailure, InterruptedException {
    Optional<DagLink> there = known.find(blob.digest());
    DagLink link =
        there.isPresent() && peer.holds(there.get().cid()) ? there.get() : stream(upstream, blob);
    mine.complete(link);
    return link;
  }

  private DagLink stream(Upstream upstream, Descriptor blob)
      throws TransientFailure, PermanentFailure, InterruptedException {
    try (var _ = streams.take(upstream.endpoint())) {
      upstream.requireOpen();
      DagLink link = streamer.stream(upstream, blob);
      known.add(blob.digest(), link);
      return link;
    }
  }

  /** None when the other one failed: its registry, or its partition, is not ours. */
  private static Optional<DagLink> follow(CompletableFuture<DagLink> theirs)
      throws InterruptedException {
    try {
      return Optional.of(theirs.get());
    } catch (CancellationException | ExecutionException e) {
      return Optional.empty();
    }
  }
}
