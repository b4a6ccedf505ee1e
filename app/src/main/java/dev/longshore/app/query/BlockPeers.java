package dev.longshore.app.query;

import dev.longshore.app.KuboNodes;
import dev.longshore.app.query.find.Found.Conversion;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.catalog.PeerCopy;
import dev.longshore.events.PinState;
import dev.longshore.ipfs.BadBlockException;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.BlockNode;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.Reach;
import dev.longshore.ipfs.reader.BlockSource;
import dev.longshore.model.Cid;
import dev.longshore.model.PeerName;
import dev.longshore.runtime.config.PeerSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Blocks of an image from the first peer that has them itself; a peer that fails is not asked
 * again.
 */
final class BlockPeers implements BlockSource {
  /** For one inner node of at most some 10 kB. */
  private static final Duration EACH = Duration.ofSeconds(2);

  private final List<? extends BlockNode> nodes;
  private final AtomicInteger turn = new AtomicInteger();

  /**
   * @param nodes in the order to ask them, at least one
   */
  BlockPeers(List<? extends BlockNode> nodes) {
    this.nodes = List.copyOf(nodes);
  }

  /** The peers that should have the image: the one it was written to first, then its copies. */
  static BlockPeers of(Conversion conversion, List<PeerSettings> peers) throws QueryException {
    Set<PeerName> names = new LinkedHashSet<>();
    if (!conversion.pin().map(PinState::ingestReleased).orElse(false)) {
      names.add(
          conversion
              .pin()
              .flatMap(pin -> Optional.ofNullable(pin.ingestPeer()))
              .orElse(conversion.image().ingestPeer()));
    }
    conversion.copies().stream()
        .filter(PeerCopy::isVerified)
        .forEach(copy -> names.add(copy.peer()));
    List<? extends BlockNode> nodes =
        names.stream()
            .flatMap(name -> peers.stream().filter(peer -> peer.name().equals(name.text())))
            .map(KuboNodes::open)
            .toList();
    if (nodes.isEmpty()) {
      throw new QueryException(
          "no peer of these settings holds %s (its copies: %s); add the peers that do to peers"
              .formatted(conversion.image().imageDag(), names));
    }
    return new BlockPeers(nodes);
  }

  @Override
  public byte[] get(Cid cid, Deadline deadline) throws IOException {
    while (true) {
      int asked = turn.get();
      try {
        return nodes.get(asked).block(cid, Reach.LOCAL, deadline.within(EACH)).bytes();
      } catch (KuboException e) {
        if (e.fault() == Fault.CANCELLED || asked == nodes.size() - 1) {
          throw e;
        }
      } catch (BadBlockException e) {
        if (asked == nodes.size() - 1) {
          throw e;
        }
      }
      turn.compareAndSet(asked, asked + 1);
    }
  }
}
