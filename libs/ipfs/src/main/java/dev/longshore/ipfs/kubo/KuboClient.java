package dev.longshore.ipfs.kubo;

import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.BlockSink;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.ByteRange;
import dev.longshore.ipfs.node.CarBody;
import dev.longshore.ipfs.node.Content;
import dev.longshore.ipfs.node.HeldImport;
import dev.longshore.ipfs.node.ImportStats;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.LocalCheck;
import dev.longshore.ipfs.node.LocalCopy;
import dev.longshore.ipfs.node.NodeId;
import dev.longshore.ipfs.node.PinProgress;
import dev.longshore.ipfs.node.Reach;
import dev.longshore.ipfs.node.RecursivePin;
import dev.longshore.ipfs.node.RepoStat;
import dev.longshore.ipfs.node.SwarmPrivacy;
import dev.longshore.model.Cid;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A Kubo node behind its RPC and gateway. Thread-safe; holds no connection between calls. A virtual
 * thread that is interrupted stops at once, even in a gateway read.
 */
public final class KuboClient implements IpfsNode {
  private final KuboAddress address;
  private final KuboBlocks blocks;
  private final KuboPins pins;
  private final KuboSwarm swarm;
  private final KuboRepo repo;
  private final KuboGateway gateway;

  public KuboClient(KuboAddress address) {
    RpcExchange rpc = new RpcExchange(address);
    this.address = address;
    this.blocks = new KuboBlocks(rpc);
    this.pins = new KuboPins(rpc, blocks);
    this.swarm = new KuboSwarm(rpc);
    this.repo = new KuboRepo(rpc);
    this.gateway = new KuboGateway(address);
  }

  @Override
  public String name() {
    return address.name();
  }

  @Override
  public ImportStats importCar(CarBody body, Deadline deadline) throws IOException {
    return blocks.importCar(body, deadline);
  }

  @Override
  public HeldImport importHeld(Deadline begun, Duration limit) throws IOException {
    return blocks.importHeld(begun, limit);
  }

  @Override
  public void export(Cid root, BlockSink sink, Duration stall, Deadline deadline)
      throws IOException {
    blocks.export(root, sink, stall, deadline);
  }

  @Override
  public Block block(Cid cid, Reach reach, Deadline deadline) throws KuboException {
    return blocks.block(cid, reach, deadline);
  }

  @Override
  public Optional<String> removeBlock(Cid cid, Deadline deadline) throws KuboException {
    return blocks.remove(cid, deadline);
  }

  @Override
  public boolean holds(Cid cid, Deadline deadline) throws KuboException {
    return blocks.holds(cid, deadline);
  }

  @Override
  public LocalCopy verifyLocal(Cid root, LocalCheck check, Deadline deadline) throws KuboException {
    return switch (check) {
      case PRESENCE -> blocks.present(root, deadline);
      case REHASH -> blocks.rehashed(root, deadline);
    };
  }

  @Override
  public Content open(Cid root, String path, ByteRange range, Reach reach, Deadline deadline)
      throws KuboException {
    return switch (reach) {
      case LOCAL -> gateway.open(root, path, range, deadline);
      case NETWORK -> blocks.cat(root, path, range, deadline);
    };
  }

  @Override
  public void fetch(Cid root, Duration stall, Deadline deadline) throws KuboException {
    blocks.fetch(root, stall, deadline);
  }

  @Override
  public void fetchChildren(Cid parent, Consumer<Cid> came, Duration stall, Deadline deadline)
      throws KuboException {
    blocks.fetchChildren(parent, came, stall, deadline);
  }

  @Override
  public void pin(Cid root, String pinName, Duration stall, Deadline deadline, PinProgress progress)
      throws KuboException {
    pins.pin(root, pinName, stall, deadline, progress);
  }

  @Override
  public boolean unpin(Cid root, String namePrefix, Deadline deadline) throws KuboException {
    return pins.unpin(root, namePrefix, deadline);
  }

  @Override
  public void unpinAll(Collection<Cid> roots, Deadline deadline) throws KuboException {
    pins.unpinAll(roots, deadline);
  }

  @Override
  public Optional<String> nameOfPin(Cid root, Deadline deadline) throws KuboException {
    return pins.nameOf(root, deadline);
  }

  @Override
  public void pins(Consumer<RecursivePin> each, Deadline deadline) throws KuboException {
    pins.pins(each, deadline);
  }

  @Override
  public NodeId id(Deadline deadline) throws KuboException {
    return swarm.id(deadline);
  }

  @Override
  public void connect(String multiaddr, Deadline deadline) throws KuboException {
    swarm.connect(multiaddr, deadline);
  }

  @Override
  public void addPeering(String multiaddr, Deadline deadline) throws KuboException {
    swarm.addPeering(multiaddr, deadline);
  }

  @Override
  public Set<String> peers(Deadline deadline) throws KuboException {
    return swarm.peers(deadline);
  }

  @Override
  public SwarmPrivacy privacy(Deadline deadline) throws KuboException {
    return swarm.privacy(deadline);
  }

  @Override
  public RepoStat repoStat(Deadline deadline) throws KuboException {
    return repo.stat(deadline);
  }

  @Override
  public long collectGarbage(Deadline deadline) throws KuboException {
    return repo.collectGarbage(deadline);
  }
}
