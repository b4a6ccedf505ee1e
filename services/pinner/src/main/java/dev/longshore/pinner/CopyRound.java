package dev.longshore.pinner;

import dev.longshore.events.LongshoreRecord;
import dev.longshore.events.PeerState;
import dev.longshore.model.Cid;
import dev.longshore.model.PeerName;
import dev.longshore.pinner.CopyEvent.Confirmed;
import dev.longshore.pinner.CopyEvent.TryFailed;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Progress;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.service.turns.FairShare;
import io.opentelemetry.api.trace.Tracer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/** Makes copies of a DAG on several peers at once, and records them as they arrive. */
final class CopyRound {
  private final Copier copier;
  private final PeerRecords records;
  private final RecordPace pace;
  private final CopyMeter meter;
  private final Endpoints endpoints;
  private final Tracer tracer;
  private final Supplier<ExecutorService> workers;

  /** Running rounds without a slow copy so far. */
  private final AtomicInteger underWay = new AtomicInteger();

  CopyRound(
      Copier copier,
      PeerRecords records,
      RecordPace pace,
      CopyMeter meter,
      Endpoints endpoints,
      Tracer tracer,
      Supplier<ExecutorService> workers) {
    this.copier = copier;
    this.records = records;
    this.pace = pace;
    this.meter = meter;
    this.endpoints = endpoints;
    this.tracer = tracer;
    this.workers = workers;
  }

  /**
   * Returns when each copy is made or has failed.
   *
   * @param bytes that a copy may add to the peer
   * @param share whose work it is
   */
  void make(
      Cid dag,
      List<Peer> chosen,
      ToLongFunction<Peer> bytes,
      Copies copies,
      FairShare share,
      Progress progress)
      throws InterruptedException {
    RecordPace now = pace.among(underWay.incrementAndGet());
    boolean isSlow = false;
    try (var copying =
        new ParallelCopies(
            copier, tracer, dag, copies.digests(), copies.sources(), share, workers.get())) {
      for (Peer peer : chosen) {
        copies.set(peer, new CopyEvent.Chosen());
        copies.set(peer, new CopyEvent.Started());
        copying.start(peer, bytes.applyAsLong(peer), copies.isIngest(peer));
      }
      News news = new News(copies, progress);
      for (int i = 0; i < chosen.size(); i++) {
        Optional<ParallelCopies.Result> soon =
            copying.next(news.isAny() ? now.together() : now.quick());
        if (soon.isEmpty()) {
          if (!isSlow) {
            isSlow = true;
            underWay.decrementAndGet();
          }
          news.publish();
        }
        news.hear(soon.isPresent() ? soon.get() : copying.next());
      }
      if (news.isOfPeers() || copies.ingestIsToLetGo() || (news.isAny() && !copies.areDone())) {
        news.publish();
      }
    } finally {
      if (!isSlow) {
        underWay.decrementAndGet();
      }
    }
  }

  /** News to record: a new peer, or an image that names may now show. */
  private final class News {
    private final Copies copies;
    private final Progress progress;
    private final Map<PeerName, PeerState> peers = new LinkedHashMap<>();
    private boolean isFirst;

    News(Copies copies, Progress progress) {
      this.copies = copies;
      this.progress = progress;
    }

    void hear(ParallelCopies.Result result) {
      boolean first = copies.verified().isEmpty();
      copies.set(result.peer(), result.outcome());
      meter.ended(result.peer().name(), result.outcome(), copies.wereWhole());
      tellEndpoint(result);
      if (result.outcome() instanceof Confirmed) {
        isFirst |= first;
        records.first(result.peer()).ifPresent(peer -> peers.put(peer.peer(), peer));
      }
    }

    boolean isAny() {
      return isFirst || isOfPeers();
    }

    boolean isOfPeers() {
      return !peers.isEmpty();
    }

    void publish() throws InterruptedException {
      List<LongshoreRecord> all = new ArrayList<>(peers.values());
      Effects effects = copies.takeChanges();
      all.addAll(effects.records());
      if (!all.isEmpty()) {
        progress.publish(new Effects(all, effects.afterCommit()));
      }
      isFirst = false;
      peers.clear();
    }
  }

  private void tellEndpoint(ParallelCopies.Result result) {
    switch (result.outcome()) {
      case TryFailed(String error, boolean peerIsAway) -> {
        if (peerIsAway) {
          endpoints.failed(result.peer().endpoint(), error, null);
        }
      }
      case Confirmed _ -> endpoints.succeeded(result.peer().endpoint());
      default -> {} // a copy that got no block says nothing of its peer
    }
  }
}
