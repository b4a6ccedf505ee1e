package dev.longshore.resolver.site;

import dev.longshore.ipfs.BadBlockException;
import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.IpfsDataException;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.reader.LeafOrder;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.model.MalformedCidException;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Corrupt and missing blocks found on the site's node, until the keeper takes them out. A node does
 * not write a block that it thinks it has, and removes none that is pinned: so the images with the
 * block are unpinned, the block is removed, and the images are fetched again, which takes that
 * block alone. If a pin of somebody else holds it, it stays, and the images are pinned again. A
 * block that was already fetched again for a pull replaces the bad one at once: then the images are
 * pinned again and stay available throughout. The search for the images with a block reads the
 * inner nodes of each, while everything else goes on.
 */
final class BadBlocks implements BlockScrub.Bad {
  private static final Logger LOG = LoggerFactory.getLogger(BadBlocks.class);
  private static final Duration CALL = Duration.ofSeconds(30);
  private static final Duration WALK = Duration.ofHours(1);
  private static final Duration IMPORT = Duration.ofMinutes(2);

  /** Limit of remembered blocks; on a dying disk, the next round finds the rest. */
  private static final int MOST = 1_000;

  /** On a dying disk, searches for images take no more than this fraction of the time. */
  private static final int REST_AFTER_SEARCH = 4;

  /** A possible CID in Kubo's messages. */
  private static final Pattern CID = Pattern.compile("Qm[1-9A-Za-z]{44}|b[a-z2-7]{20,}");

  /** Limit of images named in a log line. */
  private static final int NAMED = 10;

  private final KeptDags dags;
  private final RottedDags rotted;
  private final PinnedRot pinned;
  private final ServedNames names;
  private final IpfsNode node;
  private final BlockScrub.Blocks blocks;
  private final FreshBlocks fresh;
  private final Pins pins;
  private final String pinPrefix;
  private final SiteTelemetry telemetry;
  private final LongSupplier nanos;
  private final Runnable keeper;
  private final Set<Cid> found = new LinkedHashSet<>();
  private final ReentrantLock searching = new ReentrantLock();

  /** Unpinned images that lack no block and get their pin back. */
  private final Set<ImageDag> unpinned = new LinkedHashSet<>();

  private @Nullable Search searched;
  private long rests;

  /**
   * Bad blocks, and the images that have them.
   *
   * @param looked all searched images
   * @param with images with bad blocks, and which
   */
  private record Search(Set<Cid> blocks, Set<ImageDag> looked, Map<ImageDag, Set<Cid>> with) {}

  /** Pins complete images. */
  @FunctionalInterface
  interface Pins {
    void pin(ImageDag dag) throws IOException;
  }

  /**
   * @param fresh blocks that were already fetched again
   * @param pinPrefix prefix of its pin names
   * @param nanos a monotonic clock
   * @param keeper called when there are blocks to take out
   */
  BadBlocks(
      KeptDags dags,
      RottedDags rotted,
      PinnedRot pinned,
      ServedNames names,
      IpfsNode node,
      BlockScrub.Blocks blocks,
      FreshBlocks fresh,
      Pins pins,
      String pinPrefix,
      SiteTelemetry telemetry,
      LongSupplier nanos,
      Runnable keeper) {
    this.dags = dags;
    this.rotted = rotted;
    this.pinned = pinned;
    this.names = names;
    this.node = node;
    this.blocks = blocks;
    this.fresh = fresh;
    this.pins = pins;
    this.pinPrefix = pinPrefix;
    this.telemetry = telemetry;
    this.nanos = nanos;
    this.keeper = keeper;
    this.rests = nanos.getAsLong();
  }

  /** Records a corrupt or missing block. */
  @Override
  public synchronized void found(Cid block) {
    if (found.size() < MOST && !pinned.isHeld(block)) {
      found.add(block);
    }
  }

  /** Whether it stays bad for now, as somebody else pins it. */
  boolean stays(Cid block) {
    return pinned.isHeld(block);
  }

  /** It was rotten or missing, and came again: who keeps it for the node bounds how many. */
  synchronized void cameAgain(Cid block) {
    found.add(block);
  }

  /** Searches the images with the found blocks, unless there are none or it is too soon. */
  @Override
  public void search() throws KuboException {
    if (!searching.tryLock()) {
      return;
    }
    try {
      search(toSearch());
    } finally {
      searching.unlock();
    }
  }

  private void search(Set<Cid> blocks) throws KuboException {
    if (blocks.isEmpty()) {
      return;
    }
    long begun = nanos.getAsLong();
    try {
      Set<ImageDag> looked = dags.here();
      Search done = new Search(blocks, looked, with(looked, blocks));
      synchronized (this) {
        found.removeAll(blocks);
        searched = done;
      }
    } finally {
      rest(begun);
    }
    keeper.run();
  }

  private synchronized void rest(long begun) {
    long now = nanos.getAsLong();
    rests = now + REST_AFTER_SEARCH * (now - begun);
  }

  private synchronized Set<Cid> toSearch() {
    return searched != null || nanos.getAsLong() - rests < 0 ? Set.of() : Set.copyOf(found);
  }

  /** Whether there are blocks to take out whose images are known. */
  synchronized boolean areLocated() {
    return searched != null;
  }

  /**
   * Takes out all blocks that are still bad. The images with them are then absent, unless all their
   * blocks were fetched again.
   */
  void takeOut() throws KuboException {
    Search search;
    synchronized (this) {
      search = searched;
    }
    if (search == null) {
      return;
    }
    Set<Cid> bad = new HashSet<>();
    for (Cid cid : search.blocks()) {
      if (isBad(cid)) {
        bad.add(cid);
      }
    }
    Set<Cid> right = new HashSet<>(search.blocks());
    right.removeAll(bad);
    pinned.gone(right);
    if (!bad.isEmpty()) {
      takeOut(bad, search);
    }
    synchronized (this) {
      Set<Cid> done = new HashSet<>(search.blocks());
      done.removeAll(found);
      fresh.drop(done);
      searched = null;
    }
  }

  /** Images that are here and have some of them; those that came since are few. */
  private Map<ImageDag, Set<Cid>> with(Set<Cid> bad, Search search) throws KuboException {
    Set<ImageDag> here = dags.here();
    Set<ImageDag> since = new HashSet<>(here);
    since.removeAll(search.looked());
    Map<ImageDag, Set<Cid>> all = new HashMap<>(with(since, bad));
    search.with().forEach((dag, its) -> all.put(dag, its));
    all.entrySet()
        .removeIf(
            each -> !here.contains(each.getKey()) || Collections.disjoint(each.getValue(), bad));
    return all;
  }

  private void takeOut(Set<Cid> bad, Search search) throws KuboException {
    Map<ImageDag, Set<Cid>> with = with(bad, search);
    if (with.isEmpty()) {
      // They were let go of meanwhile.
      pinned.gone(bad);
      return;
    }
    unpinned.addAll(with.keySet());
    for (ImageDag dag : with.keySet()) {
      var _ = node.unpin(dag.cid(), pinPrefix, Deadline.after(CALL));
    }
    Map<Cid, String> kept = new HashMap<>();
    Set<Cid> removed = new HashSet<>();
    for (Cid cid : bad) {
      // What is missing is written though it is pinned.
      Optional<String> why =
          node.holds(cid, Deadline.after(CALL))
              ? node.removeBlock(cid, Deadline.after(CALL))
              : Optional.empty();
      if (why.isPresent()) {
        kept.put(cid, pinOf(cid, why.get()));
      } else {
        removed.add(cid);
      }
    }
    replace(removed);
    pinned.gone(removed);
    telemetry.bad(bad.size());
    if (!kept.isEmpty()) {
      LOG.warn("{} rotten blocks stay: {}", kept.size(), first(kept.values()));
      pinned.held(kept);
      keeper.run();
    }
    if (!removed.isEmpty()) {
      absent(with, removed);
    }
  }

  private void absent(Map<ImageDag, Set<Cid>> all, Set<Cid> removed) {
    Map<ImageDag, Set<Cid>> with = new HashMap<>(all);
    with.values().removeIf(its -> Collections.disjoint(its, removed));
    LOG.warn(
        "{} blocks of {} images were rotten or missing and are fetched again: {} of {}",
        removed.size(),
        with.size(),
        first(removed),
        first(with.keySet()));
    Set<Cid> lacking = new HashSet<>(removed);
    lacking.removeIf(cid -> fresh.of(cid).isPresent());
    List<ImageDag> absent =
        with.keySet().stream()
            .filter(dag -> !Collections.disjoint(with.get(dag), lacking))
            .toList();
    absent.forEach(unpinned::remove);
    names.show(rotted.rotted(absent, with.size(), removed.size()));
  }

  /** Who pins it, beside us, in words for who is to remove that pin. */
  private String pinOf(Cid block, String why) throws KuboException {
    Cid root = block;
    Matcher named = CID.matcher(why);
    while (named.find()) {
      try {
        root = Cid.parse(named.group());
      } catch (MalformedCidException e) {
        LOG.debug("{} in \"{}\" is no CID: {}", named.group(), why, e.getMessage());
      }
    }
    String name = node.nameOfPin(root, Deadline.after(CALL)).orElse("");
    return "a pin of somebody else holds it%s (Kubo: %s); have them remove it: ipfs pin rm %s"
        .formatted(name.isEmpty() ? "" : ", named \"" + name + "\"", why, root);
  }

  private void replace(Set<Cid> removed) throws KuboException {
    List<Block> come = removed.stream().flatMap(cid -> fresh.of(cid).stream()).toList();
    if (come.isEmpty()) {
      return;
    }
    try {
      var _ =
          node.importCar(
              sink -> {
                for (Block block : come) {
                  sink.put(block.cid(), block.bytes(), 0, block.size());
                }
              },
              Deadline.after(IMPORT));
    } catch (KuboException e) {
      throw e;
    } catch (IOException e) {
      throw new KuboException(
          Fault.FAILED, node.name(), "import blocks", 0, String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Pins again what lost nothing. That reads the whole image, so others come meanwhile; nothing may
   * collect blocks before.
   */
  void pinAgain() throws IOException {
    for (ImageDag dag : List.copyOf(unpinned)) {
      if (dags.here().contains(dag)) {
        pinAgain(dag);
      }
      unpinned.remove(dag);
    }
  }

  private void pinAgain(ImageDag dag) throws IOException {
    try {
      pins.pin(dag);
    } catch (IOException e) {
      // On a full disk, others are let go of only after this.
      if (e instanceof KuboException known
          && known.fault() != Fault.FAILED
          && known.fault() != Fault.FULL) {
        throw e;
      }
      LOG.warn("{} is not whole, and comes again: {}", dag, e.getMessage());
      names.show(rotted.absent(dag, String.valueOf(e.getMessage())));
    }
  }

  private static String first(Collection<?> all) {
    return all.stream().limit(NAMED).map(String::valueOf).collect(Collectors.joining(", "))
        + (all.size() > NAMED ? ", ..." : "");
  }

  private boolean isBad(Cid cid) {
    try {
      byte[] _ = blocks.read(cid);
      return false;
    } catch (KuboException e) {
      if (e.fault() != Fault.NOT_HELD && !e.isUnreadable()) {
        LOG.info("block {} is looked at again later: {}", cid, e.getMessage());
        found(cid);
        return false;
      }
      return true;
    } catch (IOException | BadBlockException e) {
      return true;
    }
  }

  /** Those that have some of these blocks; all, if their inner nodes cannot be read. */
  private Map<ImageDag, Set<Cid>> with(Set<ImageDag> dags, Set<Cid> bad) throws KuboException {
    Map<ImageDag, Set<Cid>> with = new HashMap<>();
    for (ImageDag dag : dags) {
      Set<Cid> its = of(dag, bad);
      if (!its.isEmpty()) {
        with.put(dag, its);
      }
    }
    return with;
  }

  private Set<Cid> of(ImageDag dag, Set<Cid> bad) throws KuboException {
    try {
      LeafOrder order = LeafOrder.of(dag.cid(), (cid, _) -> blocks.read(cid), Deadline.after(WALK));
      Set<Cid> its = new HashSet<>(order.nodes());
      order.leaves().forEach(leaf -> its.add(leaf.cid()));
      its.retainAll(bad);
      return its;
    } catch (KuboException e) {
      if (e.fault() != Fault.NOT_HELD && !e.isUnreadable()) {
        throw e;
      }
      return bad;
    } catch (IOException | IpfsDataException e) {
      return bad;
    }
  }
}
