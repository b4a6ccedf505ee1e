package dev.longshore.resolver.content;

import dev.longshore.ipfs.BadBlockException;
import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.kubo.FlatfsFiles;
import dev.longshore.ipfs.node.ByteRange;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.Reach;
import dev.longshore.ipfs.reader.BlockSource;
import dev.longshore.ipfs.reader.DagReader;
import dev.longshore.model.Cid;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The site's node, which fetches missing blocks from its connected peers. Nothing from it is
 * trusted: the reader hashes whole files, and parts are verified block by block.
 */
final class NodeSource implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NodeSource.class);

  /** Read-ahead of one reader: ten leaves of 256 KiB. */
  private static final long WORTH_FETCHING = 10 * 262_144;

  /** The same for small leaves, as in a lazy layer, per part read. */
  private static final long AHEAD_BYTES = 1 << 20;

  /** A nearby peer sends a block in less; hashing some gigabytes takes as much. */
  private static final Duration AT_HAND = Duration.ofSeconds(2);

  /** Enough for any blob over any line; ending the read ends the fetch. */
  private static final Duration LONGEST = Duration.ofDays(1);

  private final IpfsNode node;
  private final @Nullable FlatfsFiles files;
  private final PeerConnections connections;
  private final @Nullable MissingBlocks missing;
  private final Duration patience;
  private final BlockSource checked = new Checked();
  private final DagReader blocks;
  private final DagReader blocksAtHand;
  private final ChildFetches children;
  private final ExecutorService fetches =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("fetch-", 0).factory());

  /**
   * @param files the node's files, if they can be read
   * @param missing source of blocks that the node lacks; its peers if null
   * @param patience longest time without a byte or block
   */
  NodeSource(
      IpfsNode node,
      @Nullable FlatfsFiles files,
      PeerConnections connections,
      @Nullable MissingBlocks missing,
      Duration patience) {
    this.node = node;
    this.missing = missing;
    this.files = files;
    this.connections = connections;
    this.patience = patience;
    this.blocks = reader(patience);
    this.blocksAtHand = reader(AT_HAND);
    this.children = new ChildFetches(node, connections, patience);
  }

  private DagReader reader(Duration blockTimeout) {
    return new DagReader(checked, blockTimeout, AHEAD_BYTES);
  }

  private Block block(Cid cid, Deadline deadline) throws IOException {
    MissingBlocks elsewhere = missing;
    if (elsewhere == null) {
      return node.block(cid, Reach.NETWORK, deadline);
    }
    FlatfsFiles here = files;
    try {
      // A call to the node for each leaf costs this machine more than the leaf itself.
      return here != null && here.readable()
          ? ofFile(here, cid, deadline)
          : node.block(cid, Reach.LOCAL, deadline);
    } catch (KuboException e) {
      // For a block that the disk cannot read, a node reports only that it failed.
      if (e.fault() != Fault.NOT_HELD && e.fault() != Fault.FAILED) {
        throw e;
      }
    } catch (BadBlockException e) {
      LOG.debug("rotten on the node's disk", e);
    }
    return elsewhere.block(cid, deadline);
  }

  private Block ofFile(FlatfsFiles here, Cid cid, Deadline deadline) throws IOException {
    byte[] bytes;
    try {
      bytes = here.bytes(cid);
    } catch (KuboException e) {
      throw e;
    } catch (IOException e) {
      // This user may read the folder but not the file.
      return node.block(cid, Reach.LOCAL, deadline);
    }
    return Block.verify(cid, bytes);
  }

  private final class Checked implements BlockSource {
    @Override
    public byte[] get(Cid cid, Deadline deadline) throws IOException {
      return block(cid, deadline).bytes();
    }

    @Override
    public Block checked(Cid cid, Deadline deadline) throws IOException {
      return block(cid, deadline);
    }
  }

  /**
   * The whole file, unverified. With another source of blocks, each is verified all the same: once
   * the first bytes of a corrupt one are sent, it cannot be replaced any more.
   */
  InputStream whole(LocatedContent content) throws IOException, InterruptedException {
    if (prepare(content.cid(), content.providers(), patience) && missing == null) {
      return new OwnFirst(own(content), offset -> ofPeers(content, offset));
    }
    return far(content, 0);
  }

  /** Bytes from the first missing block on: unlike before, the read depends on a peer. */
  private InputStream ofPeers(LocatedContent content, long offset) throws IOException {
    try {
      connections.seek(content.providers(), true);
    } catch (InterruptedException e) {
      throw interrupted("connecting to the peers of " + content);
    }
    return far(content, offset);
  }

  /** Whether blocks that the node holds are read from its files, without the node. */
  boolean readsFiles() {
    return files != null && files.readable();
  }

  private InputStream own(LocatedContent content) throws IOException {
    FlatfsFiles here = files;
    return here != null && here.readable()
        ? here.open(content.cid())
        : open(content, ByteRange.ALL, Reach.LOCAL);
  }

  /** Bytes from peers: everything missing is being fetched while the first bytes are read. */
  private InputStream far(LocatedContent content, long offset) throws IOException {
    if (missing != null) {
      return blocks.open(content.cid(), offset, Long.MAX_VALUE);
    }
    ByteRange range = offset == 0 ? ByteRange.ALL : ByteRange.from(offset);
    InputStream stream = open(content, range, Reach.NETWORK);
    return content.size() - offset > WORTH_FETCHING
        ? new WhileFetching(stream, fetches.submit(() -> fetch(content)))
        : stream;
  }

  private void fetch(LocatedContent content) {
    try {
      node.fetch(content.cid(), patience, Deadline.after(LONGEST));
    } catch (KuboException e) {
      LOG.debug("{} was not fetched ahead of its reader: {}", content, e.getMessage());
    }
  }

  private InputStream open(LocatedContent content, ByteRange range, Reach reach)
      throws IOException {
    return node.open(content.cid(), "", range, reach, Deadline.after(patience)).stream();
  }

  /** A part of the file; each block is checked against its CID before its bytes are returned. */
  InputStream part(LocatedContent content, long offset, long length)
      throws IOException, InterruptedException {
    prepare(content.cid(), content.providers(), patience);
    return blocks.open(content.cid(), offset, length);
  }

  /**
   * The same, but gives up soon if a block does not come: there is another source for these bytes.
   */
  InputStream partAtHand(LocatedContent content, long offset, long length)
      throws IOException, InterruptedException {
    prepare(content.cid(), content.providers(), AT_HAND);
    return blocksAtHand.open(content.cid(), offset, length);
  }

  /**
   * Reads directories and small files without known digests, checking their blocks; by one thread.
   */
  DagReader blocks(Cid root, List<Provider> providers) throws IOException, InterruptedException {
    prepare(root, providers, patience);
    return DagReader.withMemory(checked, patience);
  }

  /** Single blocks, unverified. */
  DagBlocks single(Cid root, List<Provider> providers) {
    return new Single(root, providers);
  }

  private final class Single implements DagBlocks {
    private final Cid root;
    private final List<Provider> providers;
    private final AtomicBoolean prepared = new AtomicBoolean();
    private final @Nullable FlatfsFiles here = readsFiles() ? files : null;

    Single(Cid root, List<Provider> providers) {
      this.root = root;
      this.providers = providers;
    }

    @Override
    public boolean holds(Cid cid) throws IOException {
      return here == null ? node.holds(cid, Deadline.after(patience)) : here.holds(cid);
    }

    @Override
    public boolean bring(Cid parent) {
      return missing == null && children.begin(root, parent, providers);
    }

    @Override
    public byte[] child(Cid parent, Cid cid, Deadline deadline) throws IOException {
      byte[] file = file(cid);
      if (file != null) {
        return file;
      }
      try {
        children.await(parent, cid, deadline);
      } catch (InterruptedException e) {
        throw interrupted("waiting for block " + cid);
      }
      return get(cid, deadline);
    }

    @Override
    public byte[] get(Cid cid, Deadline deadline) throws IOException {
      byte[] file = file(cid);
      if (file != null) {
        return file;
      }
      if (prepared.compareAndSet(false, true)) {
        prepareOnce(root, providers);
      }
      return block(cid, deadline.within(patience)).bytes();
    }

    /** Null if it is not among the node's files. */
    private byte @Nullable [] file(Cid cid) throws IOException {
      if (here != null) {
        try {
          return here.bytes(cid);
        } catch (KuboException e) {
          if (e.fault() != Fault.NOT_HELD) {
            throw e;
          }
        }
      }
      return null;
    }
  }

  private void prepareOnce(Cid root, List<Provider> providers) throws IOException {
    try {
      var _ = prepare(root, providers, patience);
    } catch (InterruptedException e) {
      throw interrupted("connecting to the peers of " + root);
    }
  }

  private static InterruptedIOException interrupted(String what) {
    Thread.currentThread().interrupt();
    return new InterruptedIOException(what + ": interrupted");
  }

  /**
   * Connects to the providers. Returns whether the node has the root already, and so may have
   * everything.
   */
  private boolean prepare(Cid cid, List<Provider> providers, Duration within)
      throws IOException, InterruptedException {
    boolean held = node.holds(cid, Deadline.after(within));
    connections.seek(providers, !held);
    return held;
  }

  @Override
  public void close() {
    fetches.shutdownNow();
    fetches.close();
    children.close();
  }
}
