package dev.longshore.rules;

import dev.longshore.model.PeerName;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Stops that copies of several peers are made elsewhere because these peers are no longer in the
 * settings. When more than one has left, and they are more than a tenth of all, the list is rather
 * incomplete. It ends when they are back, and its confirmation too.
 *
 * @param id of these peers
 * @param peers those that left, and whose copies are needed
 * @param of number of all that keep copies, with them
 */
public record LeftGuard(String id, Set<PeerName> peers, int of) {
  private static final int TENTH = 10;
  private static final String PREFIX = "left-";

  public LeftGuard {
    peers = Set.copyOf(peers);
  }

  /**
   * The guard, if it stops anything.
   *
   * @param left peers that are no longer in the settings, and whose copies are needed
   * @param keepers number of those in the settings that keep copies
   */
  public static Optional<LeftGuard> of(Collection<PeerName> left, int keepers) {
    Set<PeerName> peers = Set.copyOf(left);
    int all = keepers + peers.size();
    return peers.size() <= 1 || peers.size() * TENTH <= all
        ? Optional.empty()
        : Optional.of(new LeftGuard(id(peers), peers, all));
  }

  private static String id(Set<PeerName> peers) {
    String names = peers.stream().map(PeerName::text).sorted().collect(Collectors.joining("\n"));
    return PREFIX + "%08x".formatted(names.hashCode());
  }

  /**
   * Whether a confirmation is for these peers: of those that left with them some may be done. It
   * has ended for a peer that was in the settings since.
   *
   * @param guard id of the guard that was confirmed
   * @param confirmed the peers that it was about
   * @param at when that was
   * @param since when it was recorded of a peer that it is up, away or lost, which is done only
   *     while the settings have it
   */
  public boolean isConfirmedBy(
      String guard,
      Collection<PeerName> confirmed,
      Instant at,
      Function<PeerName, Optional<Instant>> since) {
    boolean isAbout = guard.equals(id) || (isId(guard) && confirmed.containsAll(peers));
    return isAbout && peers.stream().flatMap(p -> since.apply(p).stream()).noneMatch(at::isBefore);
  }

  /** Whether a guard of this id is one of peers that left. */
  public static boolean isId(String guard) {
    return guard.startsWith(PREFIX);
  }

  /** How many have left. */
  public int count() {
    return peers.size();
  }
}
