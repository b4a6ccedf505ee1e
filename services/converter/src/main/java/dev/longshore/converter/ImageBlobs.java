package dev.longshore.converter;

import dev.longshore.runtime.step.PermanentFailure;
import dev.longshore.runtime.step.TransientFailure;
import io.opentelemetry.context.Context;
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
import java.util.function.Supplier;

/**
 * Brings all blobs of one image to the ingest peer, a few at once: no image queues more of them
 * than may be on their way at all, so that a small image waits for no wide one. The first failure
 * ends the others.
 */
final class ImageBlobs {
  private final BlobIngest ingest;
  private final int atOnce;
  private final Supplier<ExecutorService> workers;

  ImageBlobs(BlobIngest ingest, int atOnce, Supplier<ExecutorService> workers) {
    this.ingest = ingest;
    this.atOnce = atOnce;
    this.workers = workers;
  }

  /** Told of each blob that is there, on the thread that waits for all. */
  @FunctionalInterface
  interface Arrivals {
    void arrived(BlobKey blob, StoredBlob stored) throws InterruptedException;
  }

  /** What each blob became; foreign layers that the registry does not serve are left out. */
  Map<BlobKey, StoredBlob> ingest(Upstream upstream, Collection<BlobTask> tasks, Arrivals arrivals)
      throws TransientFailure, PermanentFailure, InterruptedException {
    var stored = new HashMap<BlobKey, StoredBlob>();
    try (ExecutorService threads = workers.get()) {
      Executor traced = Context.taskWrapping((Executor) threads);
      CompletionService<Ingested> done = new ExecutorCompletionService<>(traced);
      var turn = new Semaphore(atOnce, true);
      try {
        for (BlobTask task : tasks) {
          done.submit(() -> ingest(upstream, task, turn));
        }
        for (int i = 0; i < tasks.size(); i++) {
          Ingested ingested = done.take().get();
          if (ingested.stored().isPresent()) {
            stored.put(ingested.blob(), ingested.stored().get());
            arrivals.arrived(ingested.blob(), ingested.stored().get());
          }
        }
      } catch (ExecutionException e) {
        throw rethrown(e);
      } finally {
        threads.shutdownNow();
      }
    }
    return stored;
  }

  private record Ingested(BlobKey blob, Optional<StoredBlob> stored) {}

  private Ingested ingest(Upstream upstream, BlobTask task, Semaphore turn)
      throws TransientFailure, PermanentFailure, InterruptedException {
    turn.acquire();
    try {
      return new Ingested(task.key(), Optional.of(ingest.ingest(upstream, task)));
    } catch (PermanentFailure e) {
      if (ImagePlan.isForeign(task.blob()) && Reason.BLOB_UNKNOWN.isOf(e)) {
        return new Ingested(task.key(), Optional.empty());
      }
      throw e;
    } finally {
      turn.release();
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
