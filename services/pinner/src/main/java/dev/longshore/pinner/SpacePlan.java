package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.PeerState;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.model.Cid;
import dev.longshore.model.PeerName;
import dev.longshore.rules.RuleSettings;
import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.runtime.config.PeersAndRules;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Plans the peers for images not yet converted, by the pinner's own placement, and reports the
 * peers' free space: from the records, or from the peer itself while it has no copies.
 */
public final class SpacePlan {
  private static final int ALL = 100;

  /** Time limit for a call to a peer. */
  private static final Duration ASKED = Duration.ofSeconds(5);

  private static final int ASKED_AT_ONCE = 16;

  private final Catalog catalog;
  private final Peers peers;
  private final List<PeerName> names;
  private final PeerDecisions decisions;
  private final Set<PeerName> fit;
  private final Set<PeerName> unfit;
  private final @Nullable PeerName ingest;
  private final int collectBelow;
  private final Map<PeerName, Long> underWay = new HashMap<>();
  private final List<Space> spaces = new ArrayList<>();

  /**
   * The peers chosen for an image.
   *
   * @param peers their indexes in {@link #spaces}
   * @param missing copies for which there is no peer
   */
  public record Chosen(List<Integer> peers, int missing) {
    public Chosen {
      peers = List.copyOf(peers);
    }
  }

  /**
   * One peer's space.
   *
   * @param state why it gets no copies now; empty if it does
   * @param free bytes that it may still store; empty if unknown
   * @param reserve bytes of these that should stay free: with less, its garbage is collected, which
   *     stalls writes
   * @param underWay bytes of copies already due there
   */
  public record Space(
      PeerName peer, Optional<String> state, OptionalLong free, long reserve, long underWay) {}

  /**
   * @param nodes opens the node of a configured peer
   * @param ingest the peer that images are written to first, which has their blocks already
   * @param collectBelow percent of a peer's space that should stay free
   */
  public SpacePlan(
      Catalog catalog,
      PeersAndRules settings,
      Function<PeerSettings, IpfsNode> nodes,
      @Nullable PeerName ingest,
      int collectBelow,
      Clock clock)
      throws InterruptedException {
    this.catalog = catalog;
    this.peers = new Peers(settings.peers().stream().map(peer -> Peer.of(peer, nodes)).toList());
    this.names = peers.keepers().stream().map(Peer::name).toList();
    this.decisions = new PeerDecisions(catalog.decisions()).asOfNow();
    this.fit = MovePlan.fit(catalog, peers, decisions);
    this.unfit = Set.copyOf(names.stream().filter(name -> !fit.contains(name)).toList());
    this.ingest = ingest;
    this.collectBelow = collectBelow;
    new MovePlan(catalog, settings, nodes, clock)
        .forEach(move -> move.to().forEach(to -> underWay.merge(to, move.bytes(), Long::sum)));
    PeerSpace asked = new PeerSpace(ASKED, clock);
    for (Peer peer : peers.keepers()) {
      spaces.add(space(peer, asked));
    }
  }

  /**
   * Chooses the peers for an image.
   *
   * @param standIn in place of the image DAG, whose CID is known only after conversion: over many
   *     images, each peer's share is the same
   */
  public Chosen choose(Cid standIn, RuleSettings rule) {
    List<Integer> chosen =
        Placement.choose(
                standIn,
                CopyRule.of(rule),
                peers.keepers(),
                List.of(),
                unfit,
                ingest,
                Set.of(),
                rule.copies())
            .stream()
            .map(peer -> names.indexOf(peer.name()))
            .toList();
    return new Chosen(chosen, rule.copies() - chosen.size());
  }

  /** All peers that keep copies, in the order of the settings. */
  public List<Space> spaces() {
    return List.copyOf(spaces);
  }

  /**
   * Which of these files a peer already stores, by their roots: copies of them take no further
   * space there.
   *
   * @param place of the peer in {@link #spaces}
   * @return empty if the peer does not answer
   */
  public Optional<Set<Cid>> held(int place, Collection<Cid> roots) throws InterruptedException {
    IpfsNode node = peers.keepers().get(place).node();
    Set<Cid> held = ConcurrentHashMap.newKeySet();
    AtomicBoolean isSilent = new AtomicBoolean();
    List<Callable<Void>> questions =
        roots.stream()
            .map(
                root ->
                    (Callable<Void>)
                        () -> {
                          if (!isSilent.get() && holds(node, root, isSilent)) {
                            held.add(root);
                          }
                          return null;
                        })
            .toList();
    try (ExecutorService threads = Executors.newFixedThreadPool(ASKED_AT_ONCE)) {
      for (Future<Void> answer : threads.invokeAll(questions)) {
        answer.get();
      }
      return Optional.of(held);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof KuboException) {
        return Optional.empty();
      }
      throw new IllegalStateException("a question to " + node.name() + " failed untold", e);
    }
  }

  /**
   * Whether the node has the file.
   *
   * @param isSilent set if it does not answer, to avoid a wait for each file
   */
  private static boolean holds(IpfsNode node, Cid root, AtomicBoolean isSilent)
      throws KuboException {
    try {
      return node.holds(root, Deadline.after(ASKED));
    } catch (KuboException e) {
      isSilent.set(true);
      throw e;
    }
  }

  private Space space(Peer peer, PeerSpace asked) throws InterruptedException {
    Optional<PeerState> recorded = catalog.peers().of(peer.name());
    Long free = recorded.map(PeerState::freeBytes).orElse(null);
    Long total = recorded.map(PeerState::totalBytes).orElse(null);
    if (free == null || total == null) {
      boolean _ = asked.fits(peer, 0);
      Optional<PeerSpace.Space> said = asked.space(peer);
      free = said.map(PeerSpace.Space::free).orElse(null);
      total = said.map(PeerSpace.Space::total).orElse(null);
    }
    return new Space(
        peer.name(),
        fit.contains(peer.name()) ? Optional.empty() : Optional.of(state(peer, recorded)),
        free == null ? OptionalLong.empty() : OptionalLong.of(free),
        total == null ? 0 : total / ALL * collectBelow,
        underWay.getOrDefault(peer.name(), 0L));
  }

  private String state(Peer peer, Optional<PeerState> recorded) {
    if (decisions.draining().contains(peer.name())) {
      return "draining";
    }
    if (decisions.onHold().contains(peer.name())) {
      return "on hold";
    }
    PeerState state = recorded.orElseThrow();
    return state.fullSince() == null ? state.state().name().toLowerCase(Locale.ROOT) : "full";
  }
}
