package dev.longshore.app.query;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.KuboNodes;
import dev.longshore.app.query.find.Sizes;
import dev.longshore.app.query.list.ListedPeer;
import dev.longshore.catalog.Catalog;
import dev.longshore.events.CopiesState.Copy;
import dev.longshore.events.CopyPhase;
import dev.longshore.events.Decision.Drain;
import dev.longshore.events.Decision.Hold;
import dev.longshore.events.DecisionState;
import dev.longshore.events.PeerPhase;
import dev.longshore.events.PeerState;
import dev.longshore.events.PinState;
import dev.longshore.model.ImageDag;
import dev.longshore.model.PeerName;
import dev.longshore.pinner.MovePlan;
import dev.longshore.runtime.config.PeersAndRules;
import java.time.Clock;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the draining of a peer moves, and what it cannot move.
 *
 * @param copies copies that it has
 * @param bytes their bytes; blocks that images share count each time
 * @param stuck those of them for which other peers cannot have as many copies as are wanted: there
 *     are too few, or rules allow too few
 * @param others peers that may get a copy
 * @param wanted the most copies that an image on the peer wants
 */
public record DrainPlan(long copies, long bytes, long stuck, int others, int wanted) {
  private static final int PAGE = 500;
  private static final int MOST = 10_000;

  /**
   * Reads all copies, so for people and not for every request.
   *
   * @param drain what is about to be decided
   */
  public static DrainPlan of(
      Catalog catalog, PeersAndRules settings, DecisionState drain, Clock clock) {
    PeerName peer = Objects.requireNonNull(drain.drain()).peer();
    int others = others(catalog, ListedPeer.keepers(settings.peers()), peer);
    Set<ImageDag> tooFew = new HashSet<>();
    MovePlan.with(drain, catalog, settings, KuboNodes::open, clock)
        .forEach(
            move -> {
              if (move.missing() > 0) {
                tooFew.add(move.dag());
              }
            });
    long copies = 0;
    long bytes = 0;
    long stuck = 0;
    int wanted = 0;
    @Nullable ImageDag after = null;
    List<PinState> page;
    do {
      page = catalog.pins().page(after, PAGE);
      List<Long> held =
          catalog.copies().of(page).stream().map(of -> bytes(of.copies(), peer)).toList();
      for (int i = 0; i < page.size(); i++) {
        if (held.get(i) >= 0) {
          copies++;
          bytes += held.get(i);
          stuck += tooFew.contains(page.get(i).imageDag()) ? 1 : 0;
          wanted = Math.max(wanted, page.get(i).wanted());
        }
      }
      after = page.isEmpty() ? null : page.getLast().imageDag();
    } while (page.size() == PAGE);
    return new DrainPlan(copies, bytes, stuck, others, wanted);
  }

  /** Bytes of the peer's copy; negative if it has none. */
  private static long bytes(List<Copy> copies, PeerName peer) {
    return copies.stream()
        .filter(copy -> copy.peer().equals(peer) && copy.state() == CopyPhase.VERIFIED)
        .mapToLong(Copy::bytes)
        .findFirst()
        .orElse(-1);
  }

  /** Those that neither drain, nor are on hold, lost or full. */
  private static int others(Catalog catalog, Collection<PeerName> keepers, PeerName peer) {
    Set<PeerName> others = new HashSet<>(keepers);
    others.remove(peer);
    Stream.of(Hold.class, Drain.class)
        .flatMap(kind -> catalog.decisions().standing(kind, null, MOST).stream())
        .flatMap(DrainPlan::peer)
        .forEach(others::remove);
    catalog.peers().all().stream()
        .filter(state -> state.state() == PeerPhase.LOST || state.fullSince() != null)
        .map(PeerState::peer)
        .forEach(others::remove);
    return others.size();
  }

  private static Stream<PeerName> peer(DecisionState decision) {
    return Stream.concat(
        Stream.ofNullable(decision.hold()).flatMap(hold -> Stream.ofNullable(hold.peer())),
        Stream.ofNullable(decision.drain()).map(Drain::peer));
  }

  /** Whether everything can move. */
  public boolean isPossible() {
    return stuck == 0;
  }

  /** Adds it to an answer. */
  public void put(ObjectNode answer) {
    answer
        .put("copies", copies)
        .put("bytes", bytes)
        .put("stuck", stuck)
        .put("others", others)
        .put("wanted", wanted);
  }

  /** For people. */
  public String words(PeerName peer) {
    String all = "%d copies (%s) move from %s".formatted(copies, Sizes.text(bytes), peer);
    if (isPossible()) {
      return all;
    }
    return wanted > others
        ? all
            + ", but %d stay: their images want up to %d copies, and %d other peers may have one; add %d"
                .formatted(stuck, wanted, others, wanted - others)
        : all
            + ", but %d stay: of %d other peers their rules allow too few; add one with the labels that they require"
                .formatted(stuck, others);
  }
}
