package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.ImageState;
import dev.longshore.ipfs.Cid;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.IpfsDataException;
import dev.longshore.ipfs.kubo.Fault;
import dev.longshore.ipfs.kubo.KuboException;
import dev.longshore.runtime.endpoint.Endpoints;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries an image to a peer that has nothing of it, as one stream of blocks from a peer next to
 * this pinner. Bitswap asks for blocks by name, so that many small ones cost it round trips and
 * processor time (docs/adr/0017). It is a short cut only: whatever goes wrong, and whatever did not
 * come, the pin that follows fetches by Bitswap.
 */
final class Carrier {
  /** Bytes of an image that Bitswap brings before this has looked at it. */
  static final long WORTH_A_LOOK = 8L << 20;

  /** Bytes of a mean leaf from which Bitswap is as fast to a peer nearby. */
  private static final long LARGE_LEAF = 128L << 10;

  /**
   * A peer whose quickest answer takes no longer is nearby: at the same site, where bytes through
   * this pinner cost no line. A connection and an answer are two round trips.
   */
  private static final Duration NEARBY = Duration.ofMillis(5);

  /** Bytes a second below which a stream is given up: Bitswap goes on with what came. */
  private static final long SLOWEST = 256L << 10;

  private static final Logger LOG = LoggerFactory.getLogger(Carrier.class);
  private final Catalog catalog;
  private final PinLimits limits;
  private final Endpoints endpoints;
  private final InstantSource clock;

  Carrier(Catalog catalog, PinLimits limits, Endpoints endpoints, InstantSource clock) {
    this.catalog = catalog;
    this.limits = limits;
    this.endpoints = endpoints;
    this.clock = clock;
  }

  /**
   * Carries it where that is the faster way.
   *
   * @param sources peers that hold it
   * @return whether the stream came to its end
   */
  boolean carry(Cid dag, Peer to, List<Peer> sources) throws InterruptedException {
    long bytes = catalog.imageByDag(dag.toString()).map(ImageState::bytes).orElse(0L);
    if (bytes < WORTH_A_LOOK) {
      return false;
    }
    for (Peer source : sources) {
      if (!source.name().equals(to.name()) && endpoints.isOpen(source.endpoint())) {
        Optional<Boolean> carried = carryFrom(source, dag, bytes, to);
        if (carried.isPresent()) {
          return carried.get();
        }
      }
    }
    return false;
  }

  /** None when another source may do. */
  private Optional<Boolean> carryFrom(Peer source, Cid dag, long bytes, Peer to)
      throws InterruptedException {
    try {
      LeafSample sample = LeafSample.of(dag, source.node(), clock, Deadline.after(limits.call()));
      if (sample.leaves().isEmpty() || sample.answer().compareTo(NEARBY) > 0) {
        return Optional.empty();
      }
      if (!isFaster(sample, to)) {
        return Optional.of(false);
      }
      stream(source, dag, bytes, to);
      return Optional.of(true);
    } catch (KuboException e) {
      if (e.fault() == Fault.CANCELLED) {
        throw new InterruptedException(e.getMessage());
      }
      return leftToBitswap(source, dag, to, e);
    } catch (IOException | IpfsDataException e) {
      return leftToBitswap(source, dag, to, e);
    }
  }

  /** Whether the peer has none of the leaves, and they are small or the peer is far away. */
  private boolean isFaster(LeafSample sample, Peer to) throws IOException, InterruptedException {
    boolean far = true;
    for (Answer answer : ask(to, sample.leaves())) {
      if (answer.holds()) {
        return false;
      }
      far &= answer.took().compareTo(NEARBY) > 0;
    }
    return far || sample.meanBytes() < LARGE_LEAF;
  }

  private record Answer(boolean holds, Duration took) {}

  /** All at once: one after another they would take longer than some images, on a long line. */
  private List<Answer> ask(Peer to, Set<Cid> leaves) throws IOException, InterruptedException {
    List<Callable<Answer>> questions = leaves.stream().map(leaf -> question(to, leaf)).toList();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Answer> answers = new ArrayList<>();
      for (Future<Answer> answer : threads.invokeAll(questions)) {
        answers.add(answer.get());
      }
      return answers;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
    }
  }

  private Callable<Answer> question(Peer to, Cid leaf) {
    return () -> {
      Instant asked = clock.instant();
      boolean holds = to.node().holds(leaf, Deadline.after(limits.call()));
      return new Answer(holds, Duration.between(asked, clock.instant()));
    };
  }

  private void stream(Peer source, Cid dag, long bytes, Peer to) throws IOException {
    Duration most = limits.stall().plusSeconds(bytes / SLOWEST);
    Deadline deadline = Deadline.after(limits.whole()).within(most);
    to.node()
        .importCar(sink -> source.node().export(dag, sink, limits.stall(), deadline), deadline);
  }

  private static Optional<Boolean> leftToBitswap(Peer source, Cid dag, Peer to, Exception e) {
    LOG.info(
        "{} could not be carried from {} to {}, which fetches it by itself now: {}",
        dag,
        source.name(),
        to.name(),
        e.getMessage());
    return Optional.of(false);
  }
}
