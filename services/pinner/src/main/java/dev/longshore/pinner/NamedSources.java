package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.PinNames;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.runtime.service.endpoint.Endpoints;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an image was made of whose record is lost: the name of the pin says it that its conversion
 * made. Copies elsewhere do not say it.
 */
final class NamedSources {
  private static final Logger LOG = LoggerFactory.getLogger(NamedSources.class);
  private final Catalog catalog;
  private final Peers peers;
  private final String pinPrefix;
  private final PinLimits limits;
  private final Endpoints endpoints;
  private final WantedCopies orders;

  /**
   * @param pinPrefix how the names of this installation's pins begin: no other counts
   */
  NamedSources(
      Catalog catalog,
      Peers peers,
      String pinPrefix,
      PinLimits limits,
      Endpoints endpoints,
      WantedCopies orders) {
    this.catalog = catalog;
    this.peers = peers;
    this.pinPrefix = pinPrefix;
    this.limits = limits;
    this.endpoints = endpoints;
    this.orders = orders;
  }

  /** Copies of an image known only by its pins, which are to go. */
  Optional<Copies> copies(ImageDag dag) throws InterruptedException {
    List<Digest> sources = forgotten(dag);
    return sources.isEmpty() ? Optional.empty() : Optional.of(orders.ofForgotten(dag, sources));
  }

  /**
   * The source digests that the peers name which answer, if there are any and all are forgotten.
   * None where a peer fails that was asked: it may name one that is wanted.
   */
  private List<Digest> forgotten(ImageDag dag) throws InterruptedException {
    Set<Digest> sources = new TreeSet<>();
    for (Peer peer : peers.all()) {
      if (endpoints.isOpen(peer.endpoint())) {
        try {
          source(dag.cid(), peer).ifPresent(sources::add);
        } catch (KuboException e) {
          if (e.fault() == Fault.CANCELLED) {
            throw new InterruptedException(e.getMessage());
          }
          LOG.warn("what {} is cannot be asked of {}: {}", dag, peer.name(), e.getMessage());
          return List.of();
        }
      }
    }
    return areForgotten(dag, sources) ? List.copyOf(sources) : List.of();
  }

  private Optional<Digest> source(Cid dag, Peer peer) throws KuboException {
    return peer.node()
        .nameOfPin(dag, Deadline.after(limits.call()))
        .flatMap(name -> PinNames.source(pinPrefix, name));
  }

  private boolean areForgotten(ImageDag dag, Set<Digest> sources) {
    return !sources.isEmpty()
        && catalog.conversions().firstByDag(dag).isEmpty()
        && sources.stream().allMatch(catalog.decisions()::isForgotten);
  }
}
