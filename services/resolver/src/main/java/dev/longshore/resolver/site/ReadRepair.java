package dev.longshore.resolver.site;

import dev.longshore.ipfs.BadBlockException;
import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.IpfsDataException;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.reader.LeafOrder;
import dev.longshore.ipfs.reader.LeafOrder.Leaf;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.resolver.content.UnavailableException;
import dev.longshore.resolver.content.UnavailableException.Reason;
import dev.longshore.resolver.site.hub.HubException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node's own blocks, for pulls: one that is corrupt or missing on its disk is fetched again,
 * once for all waiters, and replaces the bad one when no image is being fetched.
 */
final class ReadRepair implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ReadRepair.class);

  /** Looking which image has it reads inner nodes, of thousands of images in the worst case. */
  private static final Duration LOOK = Duration.ofMinutes(1);

  /** Between two tries to look for images: those that are on their way may take hours. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** Blocks of orders that are remembered: a disk that fails has many bad blocks in one image. */
  private static final int REMEMBERED = 50_000;

  /**
   * Requests for blocks: with those of {@link DemandPlaces} and of the keeper as many as a hub
   * takes of a site at once.
   */
  private static final int AT_ONCE = 1;

  private final KeptDags dags;
  private final Supplier<List<ImageDag>> pulled;
  private final DagFetch fetch;
  private final DagFetch.Hubs hubs;
  private final LocalBlocks local;
  private final FreshBlocks fresh;
  private final BadBlocks bad;
  private final Duration stall;
  private final RecentOrders orders = new RecentOrders(REMEMBERED);
  private final Map<Cid, CompletableFuture<Block>> coming = new HashMap<>();
  private final Semaphore line = new Semaphore(AT_ONCE, true);
  private boolean replacing;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("read-repair-", 0).factory());

  /**
   * @param pulled images that were pulled lately, the last one first: what is wrong is of one of
   *     these
   * @param stall longest time without a byte
   */
  ReadRepair(
      KeptDags dags,
      Supplier<List<ImageDag>> pulled,
      DagFetch fetch,
      DagFetch.Hubs hubs,
      LocalBlocks local,
      FreshBlocks fresh,
      BadBlocks bad,
      Duration stall) {
    this.dags = dags;
    this.pulled = pulled;
    this.fetch = fetch;
    this.hubs = hubs;
    this.local = local;
    this.fresh = fresh;
    this.bad = bad;
    this.stall = stall;
  }

  /**
   * A block that the node has, or comes again.
   *
   * @throws IOException when it has none that is right, and none comes before the deadline
   */
  Block block(Cid cid, Deadline deadline) throws IOException {
    Optional<Block> here = here(cid);
    return here.isPresent() ? here.get() : await(cid, again(cid), deadline);
  }

  /**
   * The same for a neighbor, which asks others meanwhile: nobody here waits for it.
   *
   * @throws IOException when the node has none that is right now
   */
  Block given(Cid cid) throws IOException {
    Optional<Block> here = here(cid);
    if (here.isEmpty()) {
      var _ = again(cid);
      throw new IOException("block " + cid + " is rotten or missing on this node's disk");
    }
    return here.get();
  }

  /** Empty if what the node has of it is wrong. */
  private Optional<Block> here(Cid cid) throws IOException {
    Optional<Block> known = fresh.of(cid);
    if (known.isPresent()) {
      return known;
    }
    try {
      return Optional.of(local.checked(cid));
    } catch (KuboException e) {
      if (!isOfTheDisk(e)) {
        throw e;
      }
      LOG.info("block {} comes again: {}", cid, e.getMessage());
    } catch (BadBlockException e) {
      LOG.info("block {} comes again: {}", cid, e.getMessage());
    }
    return Optional.empty();
  }

  /** A disk that cannot read a block fails each time, and the node says no more than that. */
  private static boolean isOfTheDisk(KuboException e) {
    return e.fault() == Fault.NOT_HELD || e.fault() == Fault.FAILED;
  }

  private CompletableFuture<Block> again(Cid cid) {
    synchronized (coming) {
      CompletableFuture<Block> known = coming.get(cid);
      if (known != null) {
        return known;
      }
      CompletableFuture<Block> begun = new CompletableFuture<>();
      coming.put(cid, begun);
      threads.execute(() -> run(cid, begun));
      return begun;
    }
  }

  private void run(Cid cid, CompletableFuture<Block> its) {
    try {
      // It may have come since it was looked for.
      Optional<Block> here = here(cid);
      Block block = here.isPresent() ? here.get() : fetched(cid);
      if (here.isEmpty()) {
        replace(block);
      }
      its.complete(block);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      its.completeExceptionally(failure(cid, "the site stops", e));
    } catch (IOException | RuntimeException | Error e) { // Whoever waits must hear of any cause.
      its.completeExceptionally(failure(cid, String.valueOf(e.getMessage()), e));
    } finally {
      synchronized (coming) {
        coming.remove(cid);
      }
    }
  }

  private void replace(Block block) {
    synchronized (coming) {
      if (!bad.stays(block.cid()) && fresh.keep(block)) {
        bad.cameAgain(block.cid());
        if (!replacing) {
          replacing = true;
          threads.execute(this::locate);
        }
      }
    }
  }

  /** Has it looked for which images have them, until all have taken their places. */
  private void locate() {
    try {
      Signal never = new Signal();
      boolean ended = false;
      while (!ended) {
        search();
        var _ = never.await(PAUSE);
        synchronized (coming) {
          ended = fresh.isEmpty();
          replacing = !ended;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void search() {
    try {
      bad.search();
    } catch (IOException | RuntimeException | Error e) { // The next search must come.
      LOG.info("images of bad blocks are looked for later: {}", e.getMessage());
    }
  }

  private static UnavailableException failure(Cid cid, String why, Throwable cause) {
    return new UnavailableException(
        Reason.NOT_HERE,
        "block "
            + cid
            + " is rotten or missing on this node's disk, and did not come again: "
            + why,
        cause);
  }

  private static Block await(Cid cid, CompletableFuture<Block> its, Deadline deadline)
      throws IOException {
    try {
      return its.get(Math.max(1, deadline.remaining().toNanos()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw failure(cid, "nothing came of it so far", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof UnavailableException known
          ? known.again()
          : failure(cid, String.valueOf(e.getCause()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("waiting for a block").initCause(e);
    }
  }

  private Block fetched(Cid cid) throws IOException, InterruptedException {
    Deadline deadline = Deadline.after(LOOK);
    HubException refused = null;
    for (ImageDag dag : candidates()) {
      try {
        Optional<Block> its = of(dag, cid, deadline);
        if (its.isPresent()) {
          return its.get();
        }
      } catch (HubException e) {
        if (!e.kind().isOfDag()) {
          throw e;
        }
        refused = e;
      }
      if (!deadline.remaining().isPositive()) {
        throw new IOException("which image has it was not found within " + LOOK);
      }
    }
    throw refused == null ? new IOException("no image here has it") : refused;
  }

  private Set<ImageDag> candidates() {
    Set<ImageDag> here = dags.here();
    List<ImageDag> lately = pulled.get();
    // The last one may be on its way.
    Set<ImageDag> all = new LinkedHashSet<>(lately.subList(0, Math.min(1, lately.size())));
    lately.stream().filter(here::contains).forEach(all::add);
    all.addAll(here);
    return all;
  }

  /** Empty if it is not of that image. */
  private Optional<Block> of(ImageDag dag, Cid cid, Deadline deadline)
      throws IOException, InterruptedException {
    Optional<LeafOrder> own = own(dag);
    if (own.isPresent() && !own.get().nodes().contains(cid) && number(own.get(), cid) < 0) {
      return Optional.empty();
    }
    if (!line.tryAcquire(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
      throw new IOException("others came first for " + LOOK);
    }
    hubs.beginAwaited(dag);
    try {
      return sent(dag, cid, own.or(() -> orders.of(dag)));
    } catch (IpfsDataException e) {
      throw DagOrders.wrong(dag, e);
    } catch (IOException e) {
      if (!(e instanceof KuboException)
          && !(e instanceof HubException known && known.kind().isOfDag())) {
        // It may have stopped in the middle.
        hubs.next();
      }
      throw e;
    } finally {
      hubs.done(dag);
      line.release();
    }
  }

  private Optional<Block> sent(ImageDag dag, Cid cid, Optional<LeafOrder> known)
      throws IOException, InterruptedException {
    LeafOrder order;
    if (known.isPresent() && !known.get().nodes().contains(cid)) {
      order = known.get();
    } else {
      Map<Cid, Block> nodes = fetch.orders().nodes(dag);
      order = order(dag, nodes);
      orders.keep(dag, order);
      Block inner = nodes.get(cid);
      if (inner != null) {
        return Optional.of(inner);
      }
    }
    int number = number(order, cid);
    return number < 0
        ? Optional.empty()
        : Optional.of(fetch.leaves().leaf(dag, order.leaves(), number, stall));
  }

  private static int number(LeafOrder order, Cid cid) {
    List<Leaf> leaves = order.leaves();
    for (int number = 0; number < leaves.size(); number++) {
      if (leaves.get(number).cid().equals(cid)) {
        return number;
      }
    }
    return -1;
  }

  /** The order of its blocks as the node has it; empty if an inner node is wrong. */
  private Optional<LeafOrder> own(ImageDag dag) throws IOException {
    Optional<LeafOrder> known = orders.of(dag);
    if (known.isPresent()) {
      return known;
    }
    try {
      LeafOrder order = order(dag, Map.of());
      orders.keep(dag, order);
      return Optional.of(order);
    } catch (KuboException e) {
      if (!isOfTheDisk(e)) {
        throw e;
      }
      return Optional.empty();
    } catch (IpfsDataException e) {
      return Optional.empty();
    }
  }

  private LeafOrder order(ImageDag dag, Map<Cid, Block> nodes) throws IOException {
    return LeafOrder.of(
        dag.cid(),
        (cid, _) -> {
          Block sent = nodes.get(cid);
          return sent == null ? local.block(cid) : sent.bytes();
        },
        Deadline.after(LOOK));
  }

  @Override
  public void close() {
    threads.shutdownNow();
    threads.close();
  }
}
