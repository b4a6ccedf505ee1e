package dev.longshore.app.query;

import dev.longshore.app.KuboNodes;
import dev.longshore.catalog.Catalog;
import dev.longshore.events.CopiesState;
import dev.longshore.events.CopyPhase;
import dev.longshore.events.Decision.Confirm;
import dev.longshore.events.DecisionState;
import dev.longshore.events.PeerPhase;
import dev.longshore.events.PeerState;
import dev.longshore.events.PinState;
import dev.longshore.model.ImageDag;
import dev.longshore.model.PeerName;
import dev.longshore.pinner.MovePlan;
import dev.longshore.rules.LeftGuard;
import dev.longshore.rules.LossGuard;
import dev.longshore.rules.MoveGuard;
import dev.longshore.runtime.config.PeersAndRules;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What guards stop, by what the pinner recorded of its peers. */
public final class Guards {
  private static final int PAGE = 500;
  private static final int MOST = 10_000;

  private Guards() {}

  /**
   * A guard.
   *
   * @param images images with copies on the lost peers, which are not made elsewhere
   * @param confirmed whether an operator has let it go
   */
  public record Standing(LossGuard guard, long images, boolean confirmed) {}

  /**
   * The guards that stand.
   *
   * @param keepers the configured peers that keep copies
   */
  public static List<Standing> of(Catalog catalog, Collection<PeerName> keepers) {
    return loss(catalog, keepers).stream()
        .map(guard -> new Standing(guard, images(catalog, guard), isConfirmed(catalog, guard)))
        .toList();
  }

  /**
   * A guard of changed settings.
   *
   * @param id its id
   * @param count images that would lose copies, or peers that left
   * @param of all of them
   * @param left the peers that left, if it is about these
   * @param confirmed whether an operator has let it go
   */
  public record Changed(String id, long count, long of, List<PeerName> left, boolean confirmed) {
    public Changed {
      left = List.copyOf(left);
    }
  }

  /**
   * The guards that keep copies which these settings no longer want, or whose peers they lack.
   *
   * @param holders peers with verified copies
   */
  public static List<Changed> changes(
      Catalog catalog, PeersAndRules settings, Set<PeerName> holders, Clock clock) {
    MovePlan.Held held = new MovePlan(catalog, settings, KuboNodes::open, clock).held(holders);
    List<Changed> changes = new ArrayList<>();
    held.moves()
        .ifPresent(
            guard ->
                changes.add(
                    new Changed(
                        MoveGuard.ID,
                        guard.count(),
                        guard.of(),
                        List.of(),
                        isConfirmed(catalog, MoveGuard.ID, guard.count()))));
    held.left()
        .ifPresent(
            guard ->
                changes.add(
                    new Changed(
                        guard.id(),
                        guard.count(),
                        guard.of(),
                        guard.peers().stream()
                            .sorted(Comparator.comparing(PeerName::text))
                            .toList(),
                        isConfirmed(catalog, guard))));
    return changes;
  }

  private static Optional<LossGuard> loss(Catalog catalog, Collection<PeerName> keepers) {
    Map<PeerName, Instant> lost =
        catalog.peers().all().stream()
            .filter(peer -> peer.state() == PeerPhase.LOST && keepers.contains(peer.peer()))
            .collect(Collectors.toMap(PeerState::peer, PeerState::stateSince));
    return LossGuard.of(lost, keepers.size());
  }

  private static boolean isConfirmed(Catalog catalog, LossGuard guard) {
    return isConfirmed(catalog, guard.id(), guard.count());
  }

  private static boolean isConfirmed(Catalog catalog, LeftGuard guard) {
    return decided(catalog).stream().anyMatch(decision -> isConfirmedBy(catalog, guard, decision));
  }

  private static boolean isConfirmedBy(Catalog catalog, LeftGuard guard, DecisionState decision) {
    Confirm confirm = decision.confirm();
    return confirm != null
        && guard.isConfirmedBy(
            confirm.guard(),
            Objects.requireNonNullElse(confirm.peers(), List.of()),
            decision.decidedAt(),
            peer -> catalog.peers().of(peer).map(PeerState::stateSince));
  }

  private static boolean isConfirmed(Catalog catalog, String guard, long count) {
    return confirmed(catalog)
        .anyMatch(confirm -> confirm.guard().equals(guard) && confirm.count() >= count);
  }

  private static Stream<Confirm> confirmed(Catalog catalog) {
    return decided(catalog).stream().flatMap(decision -> Stream.ofNullable(decision.confirm()));
  }

  private static List<DecisionState> decided(Catalog catalog) {
    return catalog.decisions().standing(Confirm.class, null, MOST);
  }

  private static long images(Catalog catalog, LossGuard guard) {
    long images = 0;
    @Nullable ImageDag after = null;
    List<PinState> page;
    do {
      page = catalog.pins().page(after, PAGE);
      images += catalog.copies().of(page).stream().filter(of -> isHeld(of, guard)).count();
      after = page.isEmpty() ? null : page.getLast().imageDag();
    } while (page.size() == PAGE);
    return images;
  }

  private static boolean isHeld(CopiesState copies, LossGuard guard) {
    return copies.copies().stream()
        .anyMatch(
            copy -> copy.state() == CopyPhase.VERIFIED && guard.peers().contains(copy.peer()));
  }
}
