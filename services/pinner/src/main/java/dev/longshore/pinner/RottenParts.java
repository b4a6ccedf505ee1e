package dev.longshore.pinner;

import dev.longshore.catalog.PeerStates;
import dev.longshore.events.PeerState;
import dev.longshore.events.PeerState.Rot;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.model.PeerName;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Which copies have corrupt parts, as far as the images were searched for these. */
final class RottenParts {
  private final PeerStates recorded;
  private final Map<PeerName, Map<Cid, Set<ImageDag>>> images = new ConcurrentHashMap<>();

  RottenParts(PeerStates recorded) {
    this.recorded = recorded;
  }

  /** The recorded corrupt parts on the peer. */
  List<Rot> on(PeerName peer) {
    return recorded.of(peer).map(PeerState::unmended).orElse(List.of());
  }

  /** The part was searched, and is in these images. */
  void found(PeerName peer, Cid part, Set<ImageDag> its) {
    of(peer).put(part, Set.copyOf(its));
  }

  boolean isLookedFor(PeerName peer, Cid part) {
    return of(peer).containsKey(part);
  }

  /** The images known to contain the part. */
  Set<ImageDag> images(PeerName peer, Cid part) {
    return of(peer).getOrDefault(part, Set.of());
  }

  /**
   * Forgets parts that are mended.
   *
   * @return images that had them
   */
  Set<ImageDag> forgetMended(PeerName peer) {
    Set<ImageDag> had = new HashSet<>();
    Set<Cid> left = new HashSet<>();
    on(peer).forEach(rot -> left.add(rot.part()));
    of(peer).entrySet().removeIf(its -> !left.contains(its.getKey()) && had.addAll(its.getValue()));
    return had;
  }

  /** The corruption of the peer's copy of an image, and why it lasts. */
  Optional<CopyEvent.Rotten> trouble(PeerName peer, ImageDag dag) {
    return on(peer).stream()
        .filter(rot -> images(peer, rot.part()).contains(dag))
        .findFirst()
        .map(
            rot ->
                new CopyEvent.Rotten(
                    "block %s rotted on %s: %s"
                        .formatted(
                            rot.block(),
                            peer,
                            Objects.requireNonNullElse(rot.error(), "it is brought anew"))));
  }

  /** Whether the peer's copy of an image has no corruption left to mend. */
  boolean isWhole(PeerName peer, ImageDag dag) {
    return on(peer).stream()
        .allMatch(rot -> isLookedFor(peer, rot.part()) && !images(peer, rot.part()).contains(dag));
  }

  private Map<Cid, Set<ImageDag>> of(PeerName peer) {
    return images.computeIfAbsent(peer, _ -> new ConcurrentHashMap<>());
  }
}
