package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.NamedDag;
import dev.longshore.events.CopiesState;
import dev.longshore.events.DecisionState;
import dev.longshore.events.PeerPhase;
import dev.longshore.events.PeerState;
import dev.longshore.events.PinState;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.model.ImageDag;
import dev.longshore.model.MalformedCidException;
import dev.longshore.model.PeerName;
import dev.longshore.model.RepositoryName;
import dev.longshore.rules.LeftGuard;
import dev.longshore.rules.MoveGuard;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.runtime.config.PeersAndRules;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The copies that a pinner with these settings would move now, from the records and by the pinner's
 * own placement. Changes nothing and calls no peer.
 */
public final class MovePlan {
  private static final int PAGE = 500;
  private static final Logger LOG = LoggerFactory.getLogger(MovePlan.class);

  private final Catalog catalog;
  private final Rules rules;
  private final Peers peers;
  private final PeerDecisions decisions;
  private final WantedCopies orders;
  private final Set<PeerName> fit;

  /**
   * The moves of one image's copies.
   *
   * @param name repository of the image, if its record is known
   * @param bytes of one copy; layers that a peer already has take no further space
   * @param to peers that get a copy
   * @param from peers whose copies go afterwards
   * @param missing copies for which there is no peer
   */
  public record Move(
      ImageDag dag,
      Optional<RepositoryName> name,
      long bytes,
      List<PeerName> to,
      List<PeerName> from,
      int missing) {
    public Move {
      to = List.copyOf(to);
      from = List.copyOf(from);
    }
  }

  /**
   * @param nodes opens the node of a configured peer; it is not called
   */
  public MovePlan(
      Catalog catalog,
      PeersAndRules settings,
      Function<PeerSettings, IpfsNode> nodes,
      Clock clock) {
    this(
        catalog,
        settings,
        nodes,
        new PeerDecisions(catalog.decisions()).asOfNow(),
        MovePlan::isFit,
        clock);
  }

  private MovePlan(
      Catalog catalog,
      PeersAndRules settings,
      Function<PeerSettings, IpfsNode> nodes,
      PeerDecisions decisions,
      Predicate<PeerState> isFit,
      Clock clock) {
    this.catalog = catalog;
    this.peers = new Peers(settings.peers().stream().map(peer -> Peer.of(peer, nodes)).toList());
    this.decisions = decisions;
    this.rules = settings.rules();
    this.orders = new WantedCopies(catalog, rules, peers, decisions, () -> false, clock);
    this.fit = fit(catalog, peers, decisions, isFit);
  }

  /**
   * The moves over time if this drain were decided as well: a peer that is away may return.
   *
   * @param nodes opens the node of a configured peer; it is not called
   */
  public static MovePlan with(
      DecisionState drain,
      Catalog catalog,
      PeersAndRules settings,
      Function<PeerSettings, IpfsNode> nodes,
      Clock clock) {
    return new MovePlan(
        catalog,
        settings,
        nodes,
        new PeerDecisions(catalog.decisions()).andDraining(drain).asOfNow(),
        peer -> peer.state() != PeerPhase.LOST && peer.fullSince() == null,
        clock);
  }

  /** Names of peers that can get a copy. A peer that no pinner has met yet is assumed to answer. */
  static Set<PeerName> fit(Catalog catalog, Peers peers, PeerDecisions decisions) {
    return fit(catalog, peers, decisions, MovePlan::isFit);
  }

  private static Set<PeerName> fit(
      Catalog catalog, Peers peers, PeerDecisions decisions, Predicate<PeerState> isFit) {
    Set<PeerName> fit = new HashSet<>();
    for (Peer peer : peers.keepers()) {
      if (catalog.peers().of(peer.name()).filter(isFit.negate()).isEmpty()) {
        fit.add(peer.name());
      }
    }
    fit.removeAll(decisions.onHold());
    fit.removeAll(decisions.draining());
    return fit;
  }

  private static boolean isFit(PeerState peer) {
    return peer.state() == PeerPhase.UP && peer.fullSince() == null;
  }

  /** Visits each image that would gain or lose a copy, or lacks one that no peer can take. */
  public void forEach(Consumer<Move> told) {
    visit((pin, copies, named) -> move(pin, copies, named).ifPresent(told));
  }

  /**
   * The guards, confirmed or not.
   *
   * @param moves of copies that rules no longer want
   * @param left of copies on peers that are not in the settings
   */
  public record Held(Optional<MoveGuard> moves, Optional<LeftGuard> left) {}

  /** The guards that stop anything. */
  public Held held() {
    return held(catalog.copies().byPeer().keySet());
  }

  /**
   * The same for a caller that knows the holders.
   *
   * @param holders peers with verified copies
   */
  public Held held(Set<PeerName> holders) {
    return nothingIsHeld(holders) ? new Held(Optional.empty(), Optional.empty()) : count();
  }

  /** The usual case, decided without a look at each image. */
  private boolean nothingIsHeld(Set<PeerName> holders) {
    int most = catalog.pins().mostWanted();
    return rules.thatMayMatch().stream()
            .allMatch(rule -> rule.copies() >= most && rule.placement().require().isEmpty())
        && holders.stream().allMatch(peers::isConfigured)
        && catalog.copies().unrecorded(null, 1).isEmpty();
  }

  private Held count() {
    MoveGuards.Count count = new MoveGuards.Count(peers, decisions);
    visit(
        (pin, copies, named) -> {
          if (PinRecord.stays(pin)) {
            count.add(pin, copies, orders.wanted(pin, named));
          }
        });
    return new Held(count.moves(), count.left());
  }

  private interface Visitor {
    void at(PinState pin, CopiesState copies, @Nullable NamedDag named);
  }

  private void visit(Visitor visitor) {
    @Nullable ImageDag after = null;
    List<PinState> page;
    do {
      page = catalog.pins().page(after, PAGE);
      List<CopiesState> copies = catalog.copies().of(page);
      Map<ImageDag, NamedDag> named = catalog.conversions().named(page);
      for (int i = 0; i < page.size(); i++) {
        visitor.at(page.get(i), copies.get(i), named.get(page.get(i).imageDag()));
      }
      after = page.isEmpty() ? null : page.getLast().imageDag();
    } while (page.size() == PAGE);
  }

  private Optional<Move> move(PinState pin, CopiesState copies, @Nullable NamedDag named) {
    if (!PinRecord.stays(pin)) {
      return Optional.empty();
    }
    try {
      PlannedMove move =
          PlannedMove.of(
              pin.imageDag().cid(),
              orders.wanted(pin, named),
              peers,
              peers.verified(copies),
              decisions,
              fit);
      return move.isNone()
          ? Optional.empty()
          : Optional.of(
              new Move(
                  pin.imageDag(),
                  Optional.ofNullable(named).map(NamedDag::place),
                  named == null ? 0 : named.bytes(),
                  names(move.come()),
                  names(move.leave()),
                  move.missing()));
    } catch (MalformedCidException e) {
      LOG.debug("a record of copies is passed over: {}", e.getMessage());
      return Optional.empty();
    }
  }

  private static List<PeerName> names(List<Peer> peers) {
    return peers.stream().map(Peer::name).toList();
  }
}
