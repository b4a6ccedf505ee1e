package dev.longshore.ipfs.testing;

import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.IpfsDataException;
import dev.longshore.ipfs.dagpb.PbLink;
import dev.longshore.ipfs.dagpb.PbNode;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.PinProgress;
import dev.longshore.ipfs.node.Reach;
import dev.longshore.model.Cid;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How an {@link InMemoryIpfsNode} gets blocks: from its store, or from peers that have them. */
final class InMemoryExchange {
  private final String peerId;
  private final InMemoryBlocks blocks;
  private final NodeTrouble trouble;
  private final Set<InMemoryExchange> peers = ConcurrentHashMap.newKeySet();

  /** Those that it connects to again. */
  private final Set<InMemoryExchange> peerings = ConcurrentHashMap.newKeySet();

  InMemoryExchange(String peerId, InMemoryBlocks blocks, NodeTrouble trouble) {
    this.peerId = peerId;
    this.blocks = blocks;
    this.trouble = trouble;
  }

  void connect(InMemoryExchange peer) {
    peers.add(peer);
    peer.peers.add(this);
  }

  void addPeering(InMemoryExchange peer) {
    peerings.add(peer);
  }

  void disconnect() {
    peerings.clear();
    loseConnections();
  }

  void loseConnections() {
    peers.forEach(peer -> peer.peers.remove(this));
    peers.clear();
  }

  /** Ids of those that are up. */
  Set<String> peers() {
    return connected().stream()
        .filter(peer -> !peer.trouble.isDown())
        .map(peer -> peer.peerId)
        .collect(Collectors.toSet());
  }

  void fetchChildren(Cid parent, Consumer<Cid> came, Deadline deadline) throws KuboException {
    String action = "fetch the children of " + parent;
    trouble.enter(action, deadline);
    byte @Nullable [] here = blocks.stored(parent);
    Set<Cid> reached = new HashSet<>();
    for (PbLink link : links(here == null ? fetch(parent, action) : here, action)) {
      Cid cid = link.cid();
      if (cid.isInline() || !reached.add(cid)) {
        continue;
      }
      trouble.enter(action, deadline);
      if (blocks.stored(cid) == null) {
        fetch(cid, action);
      }
      came.accept(cid);
    }
  }

  /** What is there is not hashed, as by a real node. */
  void fetchAll(Cid root, String action, Deadline deadline, PinProgress progress)
      throws KuboException {
    Deque<Cid> open = new ArrayDeque<>(List.of(root));
    Set<Cid> reached = new HashSet<>();
    long bytes = 0;
    while (!open.isEmpty()) {
      Cid cid = open.pop();
      if (cid.isInline() || !reached.add(cid)) {
        continue;
      }
      trouble.enter(action, deadline);
      byte @Nullable [] here = blocks.stored(cid);
      byte[] block = here == null ? fetch(cid, action) : here;
      bytes += block.length;
      if (cid.codec() == Cid.DAG_PB) {
        links(block, action).forEach(link -> open.push(link.cid()));
      }
      progress.reached(reached.size(), bytes);
    }
  }

  private List<PbLink> links(byte[] block, String action) throws KuboException {
    try {
      return PbNode.decode(block).links();
    } catch (IpfsDataException e) {
      throw trouble.fail(Fault.FAILED, action, String.valueOf(e.getMessage()));
    }
  }

  private byte[] fetch(Cid cid, String action) throws KuboException {
    @Nullable Block sent = askPeers(cid);
    if (sent == null) {
      throw trouble.fail(Fault.STALLED, action, "no peer sent block " + cid);
    }
    store(sent, action);
    return sent.bytes();
  }

  Block find(Cid cid, Reach reach, String action) throws KuboException {
    byte[] bytes = blocks.stored(cid);
    if (bytes == null && reach == Reach.NETWORK) {
      @Nullable Block sent = askPeers(cid);
      if (sent == null) {
        throw trouble.fail(Fault.TIMEOUT, action, "no peer sent block " + cid);
      }
      store(sent, action);
      return sent;
    }
    if (bytes == null) {
      throw trouble.fail(Fault.NOT_HELD, action, "block " + cid + " was not found locally");
    }
    return Block.verify(cid, bytes);
  }

  /** A block from any peer that is up, has it and has it whole: Bitswap drops what hashes wrong. */
  private @Nullable Block askPeers(Cid cid) {
    if (trouble.transfersStall()) {
      return null;
    }
    for (InMemoryExchange peer : connected()) {
      byte[] bytes = peer.blocks.get(cid);
      @Nullable Block whole =
          bytes != null && peer.sends() ? InMemoryBlocks.whole(cid, bytes) : null;
      if (whole != null) {
        return whole;
      }
    }
    return null;
  }

  private Set<InMemoryExchange> connected() {
    peerings.stream().filter(peer -> !peer.trouble.isDown()).forEach(this::connect);
    return peers;
  }

  private boolean sends() {
    return !trouble.isDown() && !trouble.transfersStall();
  }

  void store(Block block, String action) throws KuboException {
    long capacity = trouble.capacity();
    if (capacity < Long.MAX_VALUE && blocks.bytes() + block.size() > capacity) {
      throw trouble.fail(Fault.FULL, action, "no space left on device");
    }
    blocks.put(block);
  }
}
