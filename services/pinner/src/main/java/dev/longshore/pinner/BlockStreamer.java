package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.ImageState;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.IpfsDataException;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.runtime.service.endpoint.Endpoints;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Streams an image's blocks to a peer that has none of them, from a peer near this pinner. Bitswap
 * requests blocks by CID, so many small ones cost it round trips and processor time
 * (docs/adr/0017). This is only a shortcut: what fails or does not arrive, the pin that follows
 * fetches by Bitswap.
 */
final class BlockStreamer {
  /** Bytes that Bitswap fetches sooner than this could examine the image. */
  static final long WORTH_A_LOOK = 8L << 20;

  /**
   * Size of an image that is streamed between neighbours unexamined. Bitswap asks several peers for
   * each of its blocks, which are mostly directories and manifests.
   */
  static final long FEW = 256L << 10;

  /** Mean leaf size in bytes from which Bitswap is as fast to a nearby peer. */
  private static final long LARGE_LEAF = 128L << 10;

  /** Bytes a second below which a stream is aborted: Bitswap fetches the rest. */
  private static final long SLOWEST = 256L << 10;

  private static final Logger LOG = LoggerFactory.getLogger(BlockStreamer.class);
  private final Catalog catalog;
  private final PinLimits limits;
  private final Endpoints endpoints;
  private final Distance distance;
  private final Neighbours neighbours;

  BlockStreamer(Catalog catalog, PinLimits limits, Endpoints endpoints, InstantSource clock) {
    this.catalog = catalog;
    this.limits = limits;
    this.endpoints = endpoints;
    this.distance = new Distance(clock, limits.call());
    this.neighbours = new Neighbours(distance, clock);
  }

  /**
   * Streams the image where that is faster.
   *
   * @param most bytes that it may add to the peer; 0 if unknown
   * @param sources peers that hold it, tried in order
   * @param deadline of the copy
   */
  void carry(Cid dag, long most, Peer to, List<Peer> sources, Deadline deadline)
      throws InterruptedException {
    long bytes = most > 0 ? most : bytes(dag);
    if (bytes == 0 || (bytes > FEW && bytes < WORTH_A_LOOK)) {
      return;
    }
    for (Peer source : sources) {
      if (!source.name().equals(to.name())
          && endpoints.isOpen(source.endpoint())
          && ends(source, dag, bytes, to, deadline)) {
        return;
      }
    }
  }

  private long bytes(Cid dag) {
    return catalog.conversions().firstByDag(new ImageDag(dag)).map(ImageState::bytes).orElse(0L);
  }

  /** Tries one source; true ends the search: the image was streamed, or no source can help. */
  private boolean ends(Peer source, Cid dag, long bytes, Peer to, Deadline deadline)
      throws InterruptedException {
    try {
      if (bytes <= FEW) {
        return endsForFew(source, dag, bytes, to, deadline);
      }
      if (!distance.isNearby(source, dag)) {
        return false;
      }
      LeafSample sample = LeafSample.of(dag, source.node(), Deadline.after(limits.call()));
      if (sample.leaves().isEmpty()) {
        return false;
      }
      if (isFaster(sample, dag, to)) {
        stream(source, dag, bytes, to, deadline);
      }
      return true;
    } catch (KuboException e) {
      if (e.fault() == Fault.CANCELLED) {
        throw new InterruptedException(e.getMessage());
      }
      logFailure(source, dag, to, e);
      return e.node().equals(to.node().name());
    } catch (IOException | IpfsDataException e) {
      logFailure(source, dag, to, e);
      return false;
    }
  }

  /** The same for few bytes, between neighbours only. */
  private boolean endsForFew(Peer source, Cid dag, long bytes, Peer to, Deadline deadline)
      throws IOException {
    if (!neighbours.has(source, dag)) {
      return false;
    }
    if (neighbours.has(to, dag)) {
      stream(source, dag, bytes, to, deadline);
    }
    return true;
  }

  /** Whether the peer has none of the leaves, and they are small or the peer is distant. */
  private boolean isFaster(LeafSample sample, Cid dag, Peer to)
      throws IOException, InterruptedException {
    return !holdsAny(to, sample.leaves())
        && (sample.meanBytes() < LARGE_LEAF || !distance.isNearby(to, dag));
  }

  /** In parallel: in sequence, on a slow line, they would take longer than some images. */
  private boolean holdsAny(Peer to, Set<Cid> leaves) throws IOException, InterruptedException {
    List<Callable<Boolean>> questions = new ArrayList<>();
    for (Cid leaf : leaves) {
      questions.add(() -> to.node().holds(leaf, Deadline.after(limits.call())));
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      boolean any = false;
      for (Future<Boolean> holds : threads.invokeAll(questions)) {
        any |= holds.get();
      }
      return any;
    } catch (ExecutionException e) {
      throw switch (e.getCause()) {
        case RuntimeException defect -> throw defect;
        case Error error -> throw error;
        case IOException failure -> failure;
        case null, default -> new IOException(e);
      };
    }
  }

  private void stream(Peer source, Cid dag, long bytes, Peer to, Deadline whole)
      throws IOException {
    Deadline deadline = whole.within(limits.stall().plusSeconds(bytes / SLOWEST));
    to.node()
        .importCar(sink -> source.node().export(dag, sink, limits.stall(), deadline), deadline);
    LOG.debug("{} was carried from {} to {}", dag, source.name(), to.name());
  }

  private static void logFailure(Peer source, Cid dag, Peer to, Exception e) {
    LOG.info(
        "{} could not be carried from {} to {}, which fetches by itself what no other brings: {}",
        dag,
        source.name(),
        to.name(),
        e.getMessage());
  }
}
