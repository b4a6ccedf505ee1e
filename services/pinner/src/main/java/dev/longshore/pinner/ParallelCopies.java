package dev.longshore.pinner;

import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.runtime.service.turns.FairShare;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Copies of one DAG to several peers at once; results come as they are ready. */
final class ParallelCopies implements AutoCloseable {
  private static final AttributeKey<String> PEER = AttributeKey.stringKey("longshore.peer");
  private static final AttributeKey<String> CID = AttributeKey.stringKey("longshore.cid");
  private final Copier copier;
  private final Tracer tracer;
  private final Cid dag;
  private final Set<Digest> madeOf;
  private final List<Peer> sources;
  private final FairShare share;
  private final ExecutorService threads;
  private final CompletionService<Result> results;

  /** The end of one copy. */
  record Result(Peer peer, CopyEvent outcome) {}

  ParallelCopies(
      Copier copier,
      Tracer tracer,
      Cid dag,
      Set<Digest> madeOf,
      List<Peer> sources,
      FairShare share,
      ExecutorService threads) {
    this.copier = copier;
    this.tracer = tracer;
    this.dag = dag;
    this.madeOf = madeOf;
    this.sources = List.copyOf(sources);
    this.share = share;
    this.threads = threads;
    this.results = new ExecutorCompletionService<>(threads);
  }

  /**
   * Starts a copy.
   *
   * @param bytes that it may add to the peer
   * @param isIngest whether the converter's pin should stand there
   */
  void start(Peer peer, long bytes, boolean isIngest) {
    Callable<Result> copy = () -> new Result(peer, copy(peer, bytes, isIngest));
    var _ = results.submit(Context.current().wrap(copy));
  }

  /** In a span of its own, so that a trace tells when each peer had its copy. */
  private CopyEvent copy(Peer peer, long bytes, boolean isIngest) throws InterruptedException {
    Span span =
        tracer
            .spanBuilder("pin")
            .setAttribute(PEER, peer.name().text())
            .setAttribute(CID, dag.toString())
            .startSpan();
    try (Scope _ = span.makeCurrent()) {
      CopyEvent outcome = copier.copy(dag, bytes, madeOf, peer, sources, isIngest, share);
      switch (outcome) {
        case CopyEvent.TryFailed(String error, boolean _) ->
            span.setStatus(StatusCode.ERROR, error);
        case CopyEvent.TryStalled(String error) -> span.setStatus(StatusCode.ERROR, error);
        default -> {}
      }
      return outcome;
    } finally {
      span.end();
    }
  }

  /** The next copy to end, if it does so within this time. */
  Optional<Result> next(Duration limit) throws InterruptedException {
    Future<Result> ended = results.poll(limit.toNanos(), TimeUnit.NANOSECONDS);
    return ended == null ? Optional.empty() : Optional.of(result(ended));
  }

  /** Waits for the next copy to end. */
  Result next() throws InterruptedException {
    return result(results.take());
  }

  private Result result(Future<Result> ended) throws InterruptedException {
    try {
      return ended.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof InterruptedException) {
        throw new InterruptedException(e.getCause().getMessage());
      }
      throw new IllegalStateException("a copy of " + dag + " ended in a defect", e.getCause());
    }
  }

  /** Cancels running copies. */
  @Override
  public void close() {
    threads.shutdownNow();
    threads.close();
  }
}
