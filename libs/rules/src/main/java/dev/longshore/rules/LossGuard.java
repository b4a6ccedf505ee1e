package dev.longshore.rules;

import dev.longshore.model.PeerName;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Stops the repair of what several lost peers had. When more than one is lost, and they are more
 * than a tenth of all, the cause is rather a line or a power cut that ends: to copy all that they
 * had would cost more than it saves. It ends when its cause does.
 *
 * @param id of these peers and this loss: a confirmation is for no other
 * @param peers the lost peers
 * @param of number of all that keep copies
 * @param since when the first one went
 */
public record LossGuard(String id, Set<PeerName> peers, int of, Instant since) {
  private static final int TENTH = 10;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("'lost-'yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  public LossGuard {
    peers = Set.copyOf(peers);
  }

  /**
   * The guard, if it stops anything.
   *
   * @param lost peers that keep copies and are lost, each with when it went
   * @param keepers number of all peers that keep copies
   */
  public static Optional<LossGuard> of(Map<PeerName, Instant> lost, int keepers) {
    if (lost.size() <= 1 || lost.size() * TENTH <= keepers) {
      return Optional.empty();
    }
    Instant since = lost.values().stream().min(Instant::compareTo).orElseThrow();
    return Optional.of(new LossGuard(id(lost.keySet(), since), lost.keySet(), keepers, since));
  }

  private static String id(Set<PeerName> peers, Instant since) {
    String names = peers.stream().map(PeerName::text).sorted().collect(Collectors.joining("\n"));
    return "%s-%08x".formatted(TIME.format(since), names.hashCode());
  }

  /** How many peers are lost. */
  public int count() {
    return peers.size();
  }
}
