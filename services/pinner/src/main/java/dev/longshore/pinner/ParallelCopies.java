package dev.longshore.pinner;

import dev.longshore.ipfs.Cid;
import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Copies of one DAG to several peers at once; results come as they are ready. */
final class ParallelCopies implements AutoCloseable {
  private final Copier copier;
  private final Cid dag;
  private final List<Peer> sources;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CompletionService<Result> results = new ExecutorCompletionService<>(threads);

  /** How one copy ended. */
  record Result(Peer peer, CopyOutcome outcome) {}

  ParallelCopies(Copier copier, Cid dag, List<Peer> sources) {
    this.copier = copier;
    this.dag = dag;
    this.sources = List.copyOf(sources);
  }

  void start(Peer peer) {
    var _ = results.submit(() -> new Result(peer, copier.copy(dag, peer, sources)));
  }

  /** Waits for the next copy to end. */
  Result next() throws InterruptedException {
    try {
      return results.take().get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof InterruptedException) {
        throw new InterruptedException(e.getCause().getMessage());
      }
      throw new IllegalStateException("a copy of " + dag + " ended in a defect", e.getCause());
    }
  }

  /** Breaks off what still runs. */
  @Override
  public void close() {
    threads.shutdownNow();
    threads.close();
  }
}
