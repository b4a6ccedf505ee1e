package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.CopiesState;
import dev.longshore.events.PinState;
import dev.longshore.ipfs.BadBlockException;
import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.dagpb.PbLink;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.Reach;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.model.PeerName;
import dev.longshore.runtime.service.endpoint.Endpoints;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the images with a corrupt file or directory, and good blocks to replace bad ones. */
final class PartSearch {
  private static final int PAGE = 500;
  private final Catalog catalog;
  private final Peers peers;
  private final Endpoints endpoints;
  private final Duration callTimeout;

  PartSearch(Catalog catalog, Peers peers, Endpoints endpoints, Duration callTimeout) {
    this.catalog = catalog;
    this.peers = peers;
    this.endpoints = endpoints;
    this.callTimeout = callTimeout;
  }

  /**
   * For each part the kept or surplus images with a copy on the peer that contain it. All parts at
   * once, since each image of the peer must be read.
   *
   * @throws KuboException when the peer does not answer
   */
  Map<Cid, Set<ImageDag>> images(Peer peer, Set<Cid> parts) throws KuboException {
    Map<Cid, Set<ImageDag>> found = new HashMap<>();
    parts.forEach(part -> found.put(part, new HashSet<>()));
    @Nullable ImageDag after = null;
    List<PinState> page;
    do {
      page = catalog.pins().page(after, PAGE);
      List<CopiesState> copies = catalog.copies().of(page);
      for (int i = 0; i < page.size(); i++) {
        if (PinRecord.stays(page.get(i)) && hasCopy(copies.get(i), peer.name())) {
          ImageDag dag = page.get(i).imageDag();
          among(parts, dag.cid(), peer)
              .forEach(part -> found.computeIfAbsent(part, _ -> new HashSet<>()).add(dag));
        }
      }
      after = page.isEmpty() ? null : page.getLast().imageDag();
    } while (page.size() == PAGE);
    return found;
  }

  private static boolean hasCopy(CopiesState copies, PeerName peer) {
    return copies.copies().stream()
        .filter(copy -> copy.peer().equals(peer))
        .anyMatch(
            copy ->
                switch (copy.state()) {
                  case VERIFIED, SURPLUS, MENDING -> true;
                  default -> false;
                });
  }

  /**
   * The parts that the image contains, as far as any peer can read its directories; the pin of an
   * unreadable image keeps its blocks in place.
   */
  private Set<Cid> among(Set<Cid> parts, Cid dag, Peer peer) throws KuboException {
    Deque<Cid> open = new ArrayDeque<>(List.of(dag));
    Set<Cid> seen = new HashSet<>();
    Set<Cid> found = new HashSet<>();
    while (!open.isEmpty() && found.size() < parts.size()) {
      Cid cid = open.pop();
      if (parts.contains(cid)) {
        found.add(cid);
      }
      if (cid.codec() == Cid.DAG_PB && seen.add(cid)) {
        Optional<Block> block = whole(cid, peer);
        (block.isPresent() ? block : elsewhere(cid, peer))
            .filter(DagReading::isDirectory)
            .ifPresent(d -> DagReading.links(d).stream().map(PbLink::cid).forEach(open::push));
      }
    }
    return found;
  }

  /**
   * The bad or missing blocks of a part on the peer, each with good bytes from another peer; empty
   * where none has them.
   *
   * @param most how many to find at once
   */
  Map<Cid, Optional<Block>> bad(Peer peer, Cid part, int most) throws KuboException {
    Map<Cid, Optional<Block>> bad = new LinkedHashMap<>();
    Deque<Cid> open = new ArrayDeque<>(List.of(part));
    CidEndSet seen = new CidEndSet(Integer.MAX_VALUE);
    while (!open.isEmpty() && bad.size() < most) {
      Cid cid = open.pop();
      Optional<Block> block = whole(cid, peer);
      if (block.isEmpty()) {
        block = elsewhere(cid, peer);
        bad.put(cid, block);
      }
      if (block.isPresent() && !DagReading.isDirectory(block.get())) {
        for (PbLink link : DagReading.links(block.get())) {
          if (!link.cid().isInline() && seen.add(link.cid())) {
            open.push(link.cid());
          }
        }
      }
    }
    return bad;
  }

  boolean isBad(Peer peer, Cid block) throws KuboException {
    return whole(block, peer).isEmpty();
  }

  /** A node's block, if its bytes match the CID. */
  private Optional<Block> whole(Cid cid, Peer peer) throws KuboException {
    try {
      return Optional.of(peer.node().block(cid, Reach.LOCAL, Deadline.after(callTimeout)));
    } catch (BadBlockException e) {
      return Optional.empty();
    } catch (KuboException e) {
      // A read error of the disk is an answer as well.
      if (e.fault() == Fault.NOT_HELD || e.fault() == Fault.FAILED) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private Optional<Block> elsewhere(Cid cid, Peer peer) throws KuboException {
    for (Peer other : others(peer)) {
      try {
        Optional<Block> block = whole(cid, other);
        if (block.isPresent()) {
          return block;
        }
      } catch (KuboException e) {
        if (e.fault() == Fault.CANCELLED) {
          throw e;
        }
        endpoints.failed(other.endpoint(), String.valueOf(e.getMessage()), null);
      }
    }
    return Optional.empty();
  }

  private List<Peer> others(Peer peer) {
    List<Peer> others = new ArrayList<>(peers.all());
    others.removeIf(other -> other.equals(peer) || !endpoints.isOpen(other.endpoint()));
    return others;
  }
}
