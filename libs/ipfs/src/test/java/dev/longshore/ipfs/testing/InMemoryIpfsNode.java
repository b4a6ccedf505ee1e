package dev.longshore.ipfs.testing;

import dev.longshore.ipfs.BadDagException;
import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.BlockSink;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.IpfsDataException;
import dev.longshore.ipfs.PathNotFoundException;
import dev.longshore.ipfs.node.ByteRange;
import dev.longshore.ipfs.node.CarBody;
import dev.longshore.ipfs.node.Content;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.HeldImport;
import dev.longshore.ipfs.node.ImportStats;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.LocalCheck;
import dev.longshore.ipfs.node.LocalCopy;
import dev.longshore.ipfs.node.NodeId;
import dev.longshore.ipfs.node.PinNames;
import dev.longshore.ipfs.node.PinProgress;
import dev.longshore.ipfs.node.Reach;
import dev.longshore.ipfs.node.RecursivePin;
import dev.longshore.ipfs.node.RepoStat;
import dev.longshore.ipfs.node.SwarmPrivacy;
import dev.longshore.ipfs.reader.BlockSource;
import dev.longshore.ipfs.reader.DagReader;
import dev.longshore.model.Cid;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An IPFS node without a program: same blocks, pins and refusals, and trouble on request. Time that
 * a real node would wait for a peer that never answers is not spent.
 */
public final class InMemoryIpfsNode implements IpfsNode {
  private static final int WRITERS = 1_000;
  private final String name;
  private final InMemorySwarm swarm;
  private final NodeTrouble trouble;
  private final InMemoryBlocks blocks = new InMemoryBlocks();
  private final InMemoryExchange exchange;
  private final Map<Cid, String> pins = new ConcurrentHashMap<>();
  private final Set<Cid> spoiled = ConcurrentHashMap.newKeySet();

  /** A permit for whoever writes what no collection may take; a collection takes all. */
  private final Semaphore pinLock = new Semaphore(WRITERS, true);

  private final Queue<Cid> childrenFetched = new ConcurrentLinkedQueue<>();
  private volatile SwarmPrivacy privacy = new SwarmPrivacy.Private();
  private volatile String agent = "longshore/in-memory";

  InMemoryIpfsNode(String name, InMemorySwarm swarm) {
    this.name = name;
    this.swarm = swarm;
    this.trouble = new NodeTrouble(name);
    this.exchange = new InMemoryExchange(peerId(), blocks, trouble);
  }

  /** What goes wrong here. */
  public NodeTrouble trouble() {
    return trouble;
  }

  /** The address to connect to it. */
  public String address() {
    return "/memory/" + name + "/p2p/" + peerId();
  }

  /** Loses all connections, and forgets its peerings, as by a restart. */
  public void disconnect() {
    exchange.disconnect();
  }

  public void loseConnections() {
    exchange.loseConnections();
  }

  /** Loses a block, whatever pins it. */
  public void lose(Cid cid) {
    blocks.remove(cid);
  }

  /** Flips a bit of a block at rest; an empty one gets a byte. */
  public void corrupt(Cid cid) {
    blocks.corrupt(cid);
  }

  /** Its disk cannot read a block any more, until the block is removed. */
  public void spoil(Cid cid) {
    spoiled.add(cid);
  }

  private void requireReadable(Cid cid, String action) throws KuboException {
    if (spoiled.contains(cid)) {
      throw trouble.fail(Fault.FAILED, action, "read " + cid + ".data: input/output error");
    }
  }

  /** What {@link #privacy} will answer. */
  public void setPrivacy(SwarmPrivacy answer) {
    privacy = answer;
  }

  /** What {@link #id} will tell of its program. */
  public void setAgent(String answer) {
    agent = answer;
  }

  /** Every block that it has. */
  public Set<Cid> storedBlocks() {
    return blocks.cids();
  }

  /** Nodes whose children it was asked to fetch, in that order. */
  public List<Cid> childrenFetched() {
    return List.copyOf(childrenFetched);
  }

  /** All pins with their names. */
  public Map<Cid, String> pinned() {
    return Map.copyOf(pins);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public ImportStats importCar(CarBody body, Deadline deadline) throws IOException {
    trouble.enter("import", deadline);
    long[] counts = new long[2];
    BlockSink store =
        (cid, buffer, offset, length) -> {
          take(cid, buffer, offset, length, deadline);
          counts[0]++;
          counts[1] += length;
        };
    body.writeTo(store);
    return new ImportStats(counts[0], counts[1]);
  }

  private void take(Cid cid, byte[] buffer, int offset, int length, Deadline deadline)
      throws KuboException {
    trouble.enter("import", deadline);
    @Nullable Block block =
        InMemoryBlocks.whole(cid, Arrays.copyOfRange(buffer, offset, offset + length));
    if (block == null) {
      throw trouble.fail(Fault.FAILED, "import", "mismatch in content integrity of " + cid);
    }
    exchange.store(block, "import");
  }

  @Override
  public HeldImport importHeld(Deadline begun, Duration limit) throws KuboException {
    trouble.enter("import", begun);
    lock(1, "import", begun);
    return new Held(begun.within(limit));
  }

  private final class Held implements HeldImport {
    private final Deadline deadline;
    private final AtomicBoolean open = new AtomicBoolean(true);

    Held(Deadline deadline) {
      this.deadline = deadline;
    }

    @Override
    public void put(Cid cid, byte[] buffer, int offset, int length) throws KuboException {
      take(cid, buffer, offset, length, deadline);
    }

    @Override
    public void hold(Block holder) throws KuboException {
      take(holder.cid(), holder.bytes(), 0, holder.size(), deadline);
      exchange.fetchAll(holder.cid(), "hold", deadline, PinProgress.NONE);
      pins.put(holder.cid(), "");
    }

    @Override
    public void close() {
      if (open.getAndSet(false)) {
        pinLock.release();
      }
    }
  }

  private void lock(int permits, String action, Deadline deadline) throws KuboException {
    try {
      if (!pinLock.tryAcquire(permits, deadline.remaining().toMillis(), TimeUnit.MILLISECONDS)) {
        throw trouble.fail(Fault.TIMEOUT, action, "a collection and imports wait for each other");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw trouble.fail(Fault.CANCELLED, action, "interrupted");
    }
  }

  @Override
  public void export(Cid root, BlockSink sink, Duration stall, Deadline deadline)
      throws IOException {
    String action = "export " + root;
    trouble.enter(action, deadline);
    Set<Cid> whole = new LinkedHashSet<>();
    blocks.walk(root, whole);
    for (Cid cid : whole) {
      Block block = exchange.find(cid, Reach.LOCAL, action);
      sink.put(cid, block.bytes(), 0, block.size());
    }
  }

  @Override
  public Block block(Cid cid, Reach reach, Deadline deadline) throws KuboException {
    String action = "read block " + cid;
    trouble.enter(action, deadline);
    requireReadable(cid, action);
    return exchange.find(cid, reach, action);
  }

  @Override
  public Optional<String> removeBlock(Cid cid, Deadline deadline) throws KuboException {
    trouble.enter("remove block " + cid, deadline);
    for (Cid root : pins.keySet()) {
      Set<Cid> pinned = new HashSet<>();
      blocks.walk(root, pinned);
      if (pinned.contains(cid)) {
        return Optional.of(cid.equals(root) ? "pinned: recursive" : "pinned: via " + root);
      }
    }
    blocks.remove(cid);
    spoiled.remove(cid);
    return Optional.empty();
  }

  @Override
  public boolean holds(Cid cid, Deadline deadline) throws KuboException {
    trouble.enter("look for block " + cid, deadline);
    return blocks.has(cid);
  }

  @Override
  public LocalCopy verifyLocal(Cid root, LocalCheck check, Deadline deadline) throws KuboException {
    String action = "verify " + root;
    trouble.enter(action, deadline);
    Set<Cid> whole = new HashSet<>();
    blocks.walk(root, whole);
    long bytes = 0;
    for (Cid cid : whole) {
      if (check == LocalCheck.REHASH || cid.codec() == Cid.DAG_PB) {
        requireReadable(cid, action);
      }
      byte[] block = blocks.get(cid);
      if (block == null) {
        throw trouble.fail(Fault.NOT_HELD, action, "block " + cid + " was not found locally");
      }
      // A real node does not hash what it reads from its own store.
      bytes += check == LocalCheck.REHASH ? Block.verify(cid, block).size() : block.length;
    }
    return new LocalCopy(whole.size(), bytes);
  }

  @Override
  public Content open(Cid root, String path, ByteRange range, Reach reach, Deadline deadline)
      throws KuboException {
    String action = "open " + root + "/" + path;
    trouble.enter(action, deadline);
    BlockSource source = (cid, d) -> exchange.find(cid, reach, action).bytes();
    DagReader reader = new DagReader(source, Duration.ofMinutes(1));
    try {
      Cid file = reader.resolve(root, path);
      long length = range.lengthWithin(reader.fileSize(file));
      InputStream stream = reader.open(file, range.offset(), length);
      return new Content(length, stream);
    } catch (PathNotFoundException e) {
      throw new KuboException(Fault.NOT_HELD, name, action, 404, String.valueOf(e.getMessage()), e);
    } catch (KuboException e) {
      throw e;
    } catch (BadDagException e) {
      throw new KuboException(Fault.REFUSED, name, action, 500, String.valueOf(e.getMessage()), e);
    } catch (IOException | IpfsDataException e) {
      throw new KuboException(Fault.FAILED, name, action, 500, String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public void pin(Cid root, String pinName, Duration stall, Deadline deadline, PinProgress progress)
      throws KuboException {
    String action = "pin " + root;
    if (pinName.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
      throw trouble.fail(Fault.REFUSED, action, "name over " + MAX_NAME_BYTES + " bytes");
    }
    lock(1, action, deadline);
    try {
      exchange.fetchAll(root, action, deadline, progress);
      pins.merge(root, pinName, (old, name) -> PinNames.mayBecome(old, name) ? name : old);
    } finally {
      pinLock.release();
    }
  }

  @Override
  public void fetch(Cid root, Duration stall, Deadline deadline) throws KuboException {
    exchange.fetchAll(root, "fetch " + root, deadline, PinProgress.NONE);
  }

  @Override
  public void fetchChildren(Cid parent, Consumer<Cid> came, Duration stall, Deadline deadline)
      throws KuboException {
    childrenFetched.add(parent);
    exchange.fetchChildren(parent, came, deadline);
  }

  @Override
  public boolean unpin(Cid root, String namePrefix, Deadline deadline) throws KuboException {
    trouble.enter("unpin " + root, deadline);
    return pins.keySet()
        .removeIf(pinned -> pinned.equals(root) && PinNames.isOf(namePrefix, pins.get(pinned)));
  }

  @Override
  public void unpinAll(Collection<Cid> roots, Deadline deadline) throws KuboException {
    trouble.enter("unpin " + roots.size() + " roots", deadline);
    pins.keySet().removeAll(roots);
  }

  @Override
  public Optional<String> nameOfPin(Cid root, Deadline deadline) throws KuboException {
    trouble.enter("look for pin " + root, deadline);
    return Optional.ofNullable(pins.get(root));
  }

  @Override
  public void pins(Consumer<RecursivePin> each, Deadline deadline) throws KuboException {
    trouble.enter("list pins", deadline);
    pins.forEach((root, pinName) -> each.accept(new RecursivePin(root, pinName)));
  }

  @Override
  public NodeId id(Deadline deadline) throws KuboException {
    trouble.enter("identify", deadline);
    return new NodeId(peerId(), List.of(address()), agent);
  }

  @Override
  public void connect(String multiaddr, Deadline deadline) throws KuboException {
    String action = "connect to " + multiaddr;
    trouble.enter(action, deadline);
    InMemoryIpfsNode peer = swarm.at(multiaddr).orElse(null);
    if (peer == null || peer.trouble.isDown()) {
      throw trouble.fail(Fault.FAILED, action, "failed to dial");
    }
    exchange.connect(peer.exchange);
  }

  @Override
  public void addPeering(String multiaddr, Deadline deadline) throws KuboException {
    trouble.enter("stay connected to " + multiaddr, deadline);
    swarm.at(multiaddr).ifPresent(peer -> exchange.addPeering(peer.exchange));
  }

  @Override
  public Set<String> peers(Deadline deadline) throws KuboException {
    trouble.enter("list peers", deadline);
    return exchange.peers();
  }

  @Override
  public SwarmPrivacy privacy(Deadline deadline) throws KuboException {
    trouble.enter("read settings", deadline);
    return privacy;
  }

  @Override
  public RepoStat repoStat(Deadline deadline) throws KuboException {
    trouble.enter("read usage", deadline);
    return new RepoStat(blocks.bytes(), trouble.storageMax());
  }

  @Override
  public long collectGarbage(Deadline deadline) throws KuboException {
    trouble.enter("collect garbage", deadline);
    lock(WRITERS, "collect garbage", deadline);
    try {
      Set<Cid> reached = new HashSet<>();
      for (Cid root : pins.keySet()) {
        blocks.walk(root, reached);
      }
      return blocks.retain(reached);
    } finally {
      pinLock.release(WRITERS);
    }
  }

  private String peerId() {
    return "12D3KooW" + name;
  }
}
