package dev.longshore.converter.ingest;

import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.hold.HoldName;
import dev.longshore.ipfs.hold.HoldNode;
import dev.longshore.ipfs.node.CarBody;
import dev.longshore.ipfs.node.HeldImport;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.unixfs.DagLink;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.TransientFailure;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/**
 * What one conversion has on the ingest peer until its image's pin stands: pins of its own that no
 * collection and no other conversion takes from it. Small blobs stay in memory until blocks are
 * imported anyway. Safe for any number of threads.
 */
public final class ConversionHold implements AutoCloseable {
  /** Small blobs are imported at the latest when they are this much together. */
  private static final long CARRIED_BYTES = 1024 * 1024;

  /** A peer reads and pins about so much at once; others may have to wait for that. */
  private static final long PORTION_BYTES = 512L * 1024 * 1024;

  /** A peer reads its own blocks about so many times faster than it imports others. */
  private static final int WORTH_READING_TWICE = 10;

  private final IngestPeer peer;
  private final Holds holds;
  private final HoldName name;
  private final Digest image;
  private final BooleanSupplier forgotten;
  private final Set<Cid> nodes;

  /** Nodes of imports that broke off. */
  private final Set<Cid> useless = new HashSet<>();

  private final Set<Cid> kept;
  private final Instant until;
  private final Set<Cid> relied = ConcurrentHashMap.newKeySet();
  private volatile boolean doubts;
  private List<Block> carried = new ArrayList<>();
  private long carriedBytes;
  private long promisedBytes;
  private boolean stays;

  ConversionHold(
      IngestPeer peer,
      Holds holds,
      HoldName name,
      Digest image,
      HeldBefore before,
      BooleanSupplier forgotten) {
    this.image = image;
    this.peer = peer;
    this.holds = holds;
    this.name = name;
    this.nodes = new LinkedHashSet<>(before.nodes());
    this.kept = new HashSet<>(before.files());
    this.until = before.until();
    this.forgotten = forgotten;
  }

  String id() {
    return name.id();
  }

  /** The source digest. */
  Digest image() {
    return image;
  }

  /**
   * Breaks the conversion off if its image was forgotten since it began.
   *
   * @throws ForgottenMeanwhileException if so
   */
  public void requireWanted() {
    if (forgotten.getAsBoolean()) {
      throw new ForgottenMeanwhileException();
    }
  }

  /**
   * Streams blocks into the peer, and with them what is carried; all of it is held afterwards.
   * After a failure nothing of it is: no stream is resumed, and the next try may have other blocks.
   *
   * @param bytes approximate size of the blocks
   * @throws KuboException when the peer fails; failures of the body pass through
   */
  public void importBlocks(CarBody body, long bytes) throws IOException {
    List<Block> others = takeCarried();
    try (ImportParts parts =
        new ImportParts(this, IngestPeer.within(bytes), ImportParts.PART_TIME)) {
      for (Block block : others) {
        parts.put(block.cid(), block.bytes(), 0, block.size());
      }
      body.writeTo(parts);
      parts.finish();
      others = List.of();
    } finally {
      keepInMemory(others);
    }
  }

  HeldImport open(Deadline deadline, Duration limit) throws IOException {
    requireWanted();
    return peer.importHeld(deadline, limit);
  }

  Block node(Collection<Cid> held) {
    return HoldNode.of(name.text(), held);
  }

  /** An import ended with these nodes. */
  synchronized void imported(Set<Cid> made, boolean whole) {
    (whole ? nodes : useless).addAll(made);
  }

  /** Keeps the blocks in memory and returns them, for others that need them. */
  List<Block> carry(CarBody body) throws IOException {
    var blocks = new ArrayList<Block>();
    body.writeTo(
        (cid, buffer, offset, length) ->
            blocks.add(Block.verify(cid, Arrays.copyOfRange(buffer, offset, offset + length))));
    carry(blocks);
    return blocks;
  }

  void carry(List<Block> blocks) throws IOException {
    if (keepInMemory(blocks)) {
      importBlocks(_ -> {}, CARRIED_BYTES);
    }
  }

  /**
   * Keeps room for a blob beside what is carried, until it is carried too or the caller is done.
   *
   * @return false if it is too large for that
   */
  synchronized boolean takeRoom(long bytes) {
    boolean fits = carriedBytes + promisedBytes + bytes <= CARRIED_BYTES;
    promisedBytes += fits ? bytes : 0;
    return fits;
  }

  /** The blob of {@link #takeRoom} is carried, or does not come. */
  synchronized void freeRoom(long bytes) {
    promisedBytes -= bytes;
  }

  /** Whether they are too many now. */
  private synchronized boolean keepInMemory(List<Block> blocks) {
    carried.addAll(blocks);
    blocks.forEach(block -> carriedBytes += block.size());
    return carriedBytes > CARRIED_BYTES;
  }

  private synchronized List<Block> takeCarried() {
    List<Block> taken = carried;
    carried = new ArrayList<>();
    carriedBytes = 0;
    return taken;
  }

  /**
   * Holds files that the peer has; but relies on them unheld while little is to come, as the peer
   * reads everything that it pins.
   *
   * @param toCome bytes that are still to be read from the registry
   */
  void keepAll(Collection<DagLink> files, long toCome)
      throws TransientFailure, PermanentFailure, InterruptedException {
    long bytes = files.stream().mapToLong(DagLink::dagSize).sum();
    if (!doubts && toCome < bytes / WORTH_READING_TWICE) {
      files.forEach(file -> relied.add(file.cid()));
    } else {
      keepAll(files);
    }
  }

  /**
   * Looks again for all that it took to be there, and relies on nothing from now on that it does
   * not hold.
   *
   * @return whether that may change anything
   */
  public synchronized boolean doubt() {
    boolean may = !doubts && !(relied.isEmpty() && kept.isEmpty());
    doubts = true;
    relied.clear();
    kept.clear();
    return may;
  }

  /**
   * Only what is whole: while a pin waits for a block, a collection that waits stops all others.
   */
  private void keepAll(Collection<DagLink> files)
      throws TransientFailure, PermanentFailure, InterruptedException {
    List<DagLink> there = whole(files.stream().filter(file -> !isKept(file)).toList());
    boolean slow = false;
    while (!there.isEmpty() && !keep(there, slow)) {
      List<DagLink> still = whole(there);
      if (slow && still.size() == there.size()) {
        throw peer.doesNotPin();
      }
      slow = still.size() == there.size();
      there = still;
    }
  }

  /** Whether the peer has the file, which is held from now on if it was not before. */
  boolean keeps(DagLink file) throws TransientFailure, PermanentFailure, InterruptedException {
    if (relied.contains(file.cid())) {
      return true;
    }
    if (!isKept(file) && peer.holds(file.cid())) {
      keepAll(List.of(file));
    }
    return isKept(file);
  }

  private synchronized boolean isKept(DagLink file) {
    return kept.contains(file.cid());
  }

  private boolean keep(List<DagLink> files, boolean slow)
      throws TransientFailure, PermanentFailure, InterruptedException {
    for (Portions.Portion portion : Portions.of(files, PORTION_BYTES, peer)) {
      requireWanted();
      Block node = node(portion.links());
      synchronized (this) {
        nodes.add(node.cid()); // before the call, which may succeed unheard
      }
      if (!peer.hold(node, portion.bytes(), slow)) {
        return false;
      }
    }
    files.forEach(this::keptNow);
    return true;
  }

  /** A file whose blocks are all held. */
  synchronized void keptNow(DagLink file) {
    kept.add(file.cid());
  }

  private List<DagLink> whole(List<DagLink> files)
      throws TransientFailure, PermanentFailure, InterruptedException {
    var whole = new ArrayList<DagLink>();
    for (DagLink file : files) {
      if (peer.holdsAll(file.cid(), file.dagSize())) {
        whole.add(file);
      }
    }
    return whole;
  }

  /** The work will be tried again: blobs that came stay for that. */
  public void stays() {
    stays = true;
  }

  /**
   * Lets everything go, which must not fail what was done. What is forgotten stays held: the pinner
   * lets it go and collects it, and would not know of blocks that nothing holds.
   */
  @Override
  public void close() {
    boolean isForgotten = holds.isPinners(image);
    HeldBefore next;
    Set<Cid> gone;
    synchronized (this) {
      next = stays && !isForgotten ? new HeldBefore(nodes, kept, until) : HeldBefore.nothing(until);
      gone = new HashSet<>();
      if (!isForgotten) {
        gone.addAll(nodes);
        gone.addAll(useless);
        gone.removeAll(next.nodes());
      }
    }
    holds.ended(this, next, gone);
  }
}
