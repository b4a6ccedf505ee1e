package dev.longshore.converter.ingest;

import dev.longshore.catalog.Catalog;
import dev.longshore.converter.blob.BlobKey;
import dev.longshore.converter.blob.BlobTask;
import dev.longshore.converter.blob.StoredBlob;
import dev.longshore.converter.source.ImagePlan;
import dev.longshore.converter.source.Reason;
import dev.longshore.converter.source.SourceRepository;
import dev.longshore.ipfs.unixfs.DagLink;
import dev.longshore.oci.Descriptor;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.TransientFailure;
import dev.longshore.runtime.service.turns.FairTurns;
import io.opentelemetry.context.Context;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Brings all blobs of one image to the ingest peer, or checks them, a few at a time: no image
 * queues more than may be read in total, so that a small image does not wait for a wide one. The
 * first failure cancels the others.
 */
public final class ImageBlobs {
  private final IngestPeer peer;
  private final BlobIngest ingest;
  private final KnownBlobs known;
  private final int atOnce;
  private final Supplier<ExecutorService> workers;

  /**
   * @param atOnce concurrent blobs of one image
   * @param streams turns of the blobs that are read, over all images and ingest peers; one more for
   *     each registry that would have none
   * @param workers runs the reads of one image's blobs
   */
  public ImageBlobs(
      IngestPeer peer,
      Catalog catalog,
      int atOnce,
      FairTurns streams,
      Supplier<ExecutorService> workers,
      Spans spans,
      Clock clock) {
    this.peer = peer;
    this.known = new KnownBlobs(catalog);
    this.ingest = new BlobIngest(peer, new BlobStreamer(peer, spans), known, streams, clock);
    this.atOnce = atOnce;
    this.workers = workers;
  }

  /** Bytes that would have to be read: of what is neither there, as far as is known, nor coming. */
  public long lacking(Collection<BlobTask> tasks) {
    return tasks.stream()
        .filter(task -> !known.isAt(task.key(), peer.name()) && !ingest.isComing(task.key()))
        .mapToLong(task -> task.blob().size())
        .sum();
  }

  /** Called for each blob that is there, on the thread that waits for all. */
  @FunctionalInterface
  public interface Arrivals {
    void arrived(BlobKey blob, StoredBlob stored) throws InterruptedException;
  }

  /**
   * The result for each blob, without foreign layers that the registry does not serve.
   *
   * @param hold keeps all of it until it is closed
   */
  public Map<BlobKey, StoredBlob> ingest(
      SourceRepository upstream, Collection<BlobTask> tasks, ConversionHold hold, Arrivals arrivals)
      throws TransientFailure, PermanentFailure, InterruptedException {
    keepKnown(tasks, hold);
    var stored = new HashMap<BlobKey, StoredBlob>();
    each(
        tasks,
        task -> ingest(upstream, task, hold),
        ingested -> {
          if (ingested.stored().isPresent()) {
            stored.put(ingested.blob(), ingested.stored().get());
            arrivals.arrived(ingested.blob(), ingested.stored().get());
          }
          return true;
        });
    return stored;
  }

  /** Whether the repository says, without sending them, that it serves all of them. */
  public boolean areServed(SourceRepository upstream, Collection<Descriptor> all)
      throws TransientFailure, PermanentFailure, InterruptedException {
    return each(all, upstream::serves, served -> served);
  }

  private record Found(BlobTask task, Optional<DagLink> file) {}

  private Found there(BlobTask task)
      throws TransientFailure, PermanentFailure, InterruptedException {
    Optional<DagLink> file = known.find(task.key()).map(StoredBlob::link);
    return new Found(
        task, file.isPresent() && peer.holds(file.get().cid()) ? file : Optional.empty());
  }

  /** Before the first read, which may take long: nothing that is there is to go meanwhile. */
  private void keepKnown(Collection<BlobTask> tasks, ConversionHold hold)
      throws TransientFailure, PermanentFailure, InterruptedException {
    var there = new ArrayList<DagLink>();
    var toCome = new AtomicLong();
    each(
        tasks,
        task -> there(task),
        found -> {
          found.file().ifPresent(there::add);
          toCome.addAndGet(found.file().isPresent() ? 0 : found.task().blob().size());
          return true;
        });
    hold.keepAll(there, toCome.get());
  }

  @FunctionalInterface
  private interface Work<T, R> {
    R of(T item) throws TransientFailure, PermanentFailure, InterruptedException;
  }

  /** Called for each result on the thread that waits for all; returns whether to go on. */
  @FunctionalInterface
  private interface Results<R> {
    boolean came(R result) throws InterruptedException;
  }

  /** Whether all were done. */
  private <T, R> boolean each(Collection<T> items, Work<T, R> work, Results<R> results)
      throws TransientFailure, PermanentFailure, InterruptedException {
    try (ExecutorService threads = workers.get()) {
      Executor traced = Context.taskWrapping((Executor) threads);
      CompletionService<R> done = new ExecutorCompletionService<>(traced);
      var turn = new Semaphore(atOnce, true);
      try {
        for (T item : items) {
          done.submit(() -> inTurn(turn, item, work));
        }
        for (int i = 0; i < items.size(); i++) {
          if (!results.came(done.take().get())) {
            return false;
          }
        }
      } catch (ExecutionException e) {
        throw rethrown(e);
      } finally {
        threads.shutdownNow();
      }
    }
    return true;
  }

  private static <T, R> R inTurn(Semaphore turn, T item, Work<T, R> work)
      throws TransientFailure, PermanentFailure, InterruptedException {
    turn.acquire();
    try {
      return work.of(item);
    } finally {
      turn.release();
    }
  }

  private record Ingested(BlobKey blob, Optional<StoredBlob> stored) {}

  private Ingested ingest(SourceRepository upstream, BlobTask task, ConversionHold hold)
      throws TransientFailure, PermanentFailure, InterruptedException {
    try {
      return new Ingested(task.key(), Optional.of(ingest.ingest(upstream, task, hold)));
    } catch (PermanentFailure e) {
      if (ImagePlan.isForeign(task.blob()) && Reason.BLOB_UNKNOWN.isOf(e)) {
        return new Ingested(task.key(), Optional.empty());
      }
      throw e;
    }
  }

  private static IllegalStateException rethrown(ExecutionException e)
      throws TransientFailure, PermanentFailure, InterruptedException {
    return switch (e.getCause()) {
      case TransientFailure failure -> throw failure;
      case PermanentFailure failure -> throw failure;
      case InterruptedException stopped -> throw stopped;
      case RuntimeException defect -> throw defect;
      case Error error -> throw error;
      case null, default -> new IllegalStateException(e.getCause());
    };
  }
}
