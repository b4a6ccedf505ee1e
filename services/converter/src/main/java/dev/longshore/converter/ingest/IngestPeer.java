package dev.longshore.converter.ingest;

import dev.longshore.converter.source.Reason;
import dev.longshore.ipfs.BadBlockException;
import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.check.PrivacyGuard;
import dev.longshore.ipfs.node.ByteRange;
import dev.longshore.ipfs.node.Content;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.HeldImport;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.LocalCheck;
import dev.longshore.ipfs.node.PinNames;
import dev.longshore.ipfs.node.PinProgress;
import dev.longshore.ipfs.node.Reach;
import dev.longshore.ipfs.node.RecursivePin;
import dev.longshore.ipfs.node.RepoStat;
import dev.longshore.model.Cid;
import dev.longshore.model.InstallationName;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.TransientFailure;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The peer that receives conversions, with its failures in the step's terms. */
public final class IngestPeer {
  /** Deadline for a question that the peer answers from its own store. */
  private static final Duration ANSWER = Duration.ofSeconds(30);

  /** The same, where another peer could be taken instead. */
  private static final Duration QUICK_ANSWER = Duration.ofSeconds(5);

  /** Time that an import or a walk over blocks may take in addition to its bytes. */
  private static final Duration GRACE = Duration.ofMinutes(2);

  /**
   * An import or a walk slower than this (bytes per second) is given up: a line of half a megabit.
   * Both clients notice a complete stall much sooner.
   */
  private static final long SLOWEST = 64L * 1024;

  /** A peer that reads its own blocks slower than this (bytes per second) may lack some of them. */
  private static final long SLOWEST_READ = 8L * 1024 * 1024;

  /** Longest wait for a collection, in which the peer pins nothing; it may hang as well. */
  public static final Duration COLLECTION = Duration.ofHours(1);

  /** The same where another peer could be taken instead. */
  public static final Duration PASSED_OVER = Duration.ofMinutes(2);

  /** Roots in one call, whose head has a limit. */
  private static final int ROOTS_AT_ONCE = 100;

  private final IpfsNode node;
  private final InstallationName installation;
  private final Duration stall;
  private final Duration collection;
  private final boolean mayBePublic;
  private final PrivacyGuard privacy;

  /**
   * @param installation whose pins hold a DAG until it has its copies
   * @param stall longest time without a new block while a pin is made
   * @param collection longest wait for a collection, in which the peer pins nothing
   * @param mayBePublic whether to write to the node even if strangers can reach it
   */
  public IngestPeer(
      IpfsNode node,
      InstallationName installation,
      Duration stall,
      Duration collection,
      boolean mayBePublic,
      InstantSource clock) {
    this.node = node;
    this.collection = collection;
    this.installation = installation;
    this.stall = stall;
    this.mayBePublic = mayBePublic;
    this.privacy = new PrivacyGuard(ANSWER, clock);
  }

  /** The peer's configured name. */
  public String name() {
    return node.name();
  }

  /** {@code kubo site-a}. */
  public String endpoint() {
    return "kubo " + node.name();
  }

  /**
   * Makes sure, before an image is written, that its content stays private. A node may have been
   * restarted with other settings since the last image, so this asks again.
   *
   * @throws TransientFailure when strangers can reach the node; work waits until that is fixed
   */
  public void requirePrivate() throws TransientFailure, PermanentFailure, InterruptedException {
    try {
      Optional<String> objection = privacy.objection(node, mayBePublic);
      if (objection.isPresent()) {
        throw new TransientFailure(endpoint(), objection.get(), null, null);
      }
    } catch (KuboException e) {
      throw failed(e);
    }
  }

  /**
   * @param deadline of all that is imported
   * @param limit for this part, once no collection holds it up
   */
  HeldImport importHeld(Deadline deadline, Duration limit) throws IOException {
    return node.importHeld(deadline.within(collection.plus(limit)), limit);
  }

  /**
   * Pins a node that links what the peer has.
   *
   * @param bytes approximate size of what it links
   * @param slow whether the peer gets the time of a walk; else so much that others can wait for it
   * @return false when blocks of that are missing, or the peer is slower than that
   */
  boolean hold(Block holder, long bytes, boolean slow)
      throws TransientFailure, PermanentFailure, InterruptedException {
    Duration limit = slow ? longest(bytes) : stall.plusSeconds(bytes / SLOWEST_READ);
    try (HeldImport held = importHeld(Deadline.after(collection.plus(limit)), limit)) {
      held.hold(holder);
      return true;
    } catch (KuboException e) {
      if (e.fault() == Fault.STALLED || e.fault() == Fault.TIMEOUT || e.fault() == Fault.NOT_HELD) {
        return false;
      }
      throw failed(e);
    } catch (IOException e) {
      throw brokenOff(e);
    }
  }

  /** Removes pins that only this process knows of. */
  void unpinAll(List<Cid> roots) throws TransientFailure, PermanentFailure, InterruptedException {
    try {
      for (int from = 0; from < roots.size(); from += ROOTS_AT_ONCE) {
        List<Cid> some = roots.subList(from, Math.min(roots.size(), from + ROOTS_AT_ONCE));
        node.unpinAll(some, Deadline.after(ANSWER));
      }
    } catch (KuboException e) {
      throw failed(e);
    }
  }

  /** All of its pins. */
  void pins(Consumer<RecursivePin> each)
      throws TransientFailure, PermanentFailure, InterruptedException {
    try {
      node.pins(each, Deadline.after(GRACE));
    } catch (KuboException e) {
      throw failed(e);
    }
  }

  /** A block that the peer itself has. */
  Optional<Block> localBlock(Cid cid)
      throws TransientFailure, PermanentFailure, InterruptedException {
    try {
      return Optional.of(node.block(cid, Reach.LOCAL, Deadline.after(ANSWER)));
    } catch (KuboException e) {
      if (e.fault() == Fault.NOT_HELD) {
        return Optional.empty();
      }
      throw failed(e);
    } catch (BadBlockException e) {
      return Optional.empty(); // rot: it holds nothing
    }
  }

  /** How much the peer stores, and is to store at most. */
  public RepoStat usage() throws TransientFailure, PermanentFailure, InterruptedException {
    try {
      return node.repoStat(Deadline.after(QUICK_ANSWER));
    } catch (KuboException e) {
      throw failed(e);
    }
  }

  /** Whether the peer itself has this one block. */
  public boolean holds(Cid cid) throws TransientFailure, PermanentFailure, InterruptedException {
    try {
      return node.holds(cid, Deadline.after(ANSWER));
    } catch (KuboException e) {
      throw failed(e);
    }
  }

  /** Whether the peer itself has all blocks below the root. */
  public boolean holdsAll(Cid root, long bytes)
      throws TransientFailure, PermanentFailure, InterruptedException {
    try {
      node.verifyLocal(root, LocalCheck.PRESENCE, within(bytes));
      return true;
    } catch (KuboException e) {
      if (e.fault() == Fault.NOT_HELD) {
        return false;
      }
      throw failed(e);
    }
  }

  public boolean isPinned(Cid root)
      throws TransientFailure, PermanentFailure, InterruptedException {
    try {
      return node.isPinned(root, Deadline.after(ANSWER));
    } catch (KuboException e) {
      throw failed(e);
    }
  }

  /**
   * Pins an imported DAG.
   *
   * @param bytes approximate size of the blocks
   * @return false when blocks are missing and none arrived for the stall limit
   */
  public boolean pin(Cid root, String pinName, long bytes)
      throws TransientFailure, PermanentFailure, InterruptedException {
    try {
      node.pin(root, pinName, stall, within(bytes), PinProgress.NONE);
      return true;
    } catch (KuboException e) {
      if (e.fault() == Fault.STALLED || e.fault() == Fault.NOT_HELD) {
        return false;
      }
      throw failed(e);
    }
  }

  /**
   * How the names of these pins begin. Kubo's limit is 255 bytes; a sha512 digest and a recipe's
   * key take 210.
   */
  public String pinPrefix() {
    return PinNames.prefix(installation);
  }

  /** Removes a pin, if there is one. */
  public void unpin(Cid root) throws TransientFailure, PermanentFailure, InterruptedException {
    try {
      node.unpin(root, pinPrefix(), Deadline.after(ANSWER));
    } catch (KuboException e) {
      throw failed(e);
    }
  }

  /** The first bytes of an imported file. */
  public byte[] read(Cid file, int limit)
      throws TransientFailure, PermanentFailure, InterruptedException {
    try (Content content =
        node.open(file, "", new ByteRange(0, limit), Reach.LOCAL, Deadline.after(ANSWER))) {
      return content.stream().readNBytes(limit);
    } catch (KuboException e) {
      throw failed(e);
    } catch (IOException e) {
      throw brokenOff(e);
    }
  }

  /** The step failure for a failed call to the peer. */
  public PermanentFailure failed(KuboException e) throws TransientFailure, InterruptedException {
    if (e.fault() == Fault.CANCELLED) {
      Thread.interrupted();
      throw new InterruptedException(Reason.text(e));
    }
    if (e.fault() == Fault.REFUSED) {
      return Reason.PEER_REFUSED.failure(e);
    }
    privacy.forget(node);
    throw new TransientFailure(endpoint(), Reason.text(e), null, e);
  }

  /** Whether the peer has no room for more. */
  public static boolean isFull(TransientFailure failure) {
    return failure.getCause() instanceof KuboException cause && cause.fault() == Fault.FULL;
  }

  /** The step failure for a broken connection to the peer. */
  public TransientFailure brokenOff(IOException e) {
    return new TransientFailure(
        endpoint(), endpoint() + ": the transfer broke off: " + e.getMessage(), null, e);
  }

  /** The step failure when the peer has everything and does not pin it. */
  TransientFailure doesNotPin() {
    return new TransientFailure(
        endpoint(),
        endpoint() + ": a pin did not come to stand though no block is missing; look at its load",
        null,
        null);
  }

  static Deadline within(long bytes) {
    return Deadline.after(longest(bytes));
  }

  /** The longest time that an import of so many bytes may take. */
  static Duration longest(long bytes) {
    return GRACE.plusSeconds(bytes / SLOWEST);
  }
}
