package dev.longshore.converter.ingest;

import dev.longshore.model.Cid;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/**
 * What earlier tries of an image hold for the next one.
 *
 * @param files roots whose blocks they all hold
 * @param until when somebody may take the first node off
 */
record HeldBefore(Set<Cid> nodes, Set<Cid> files, Instant until) {
  HeldBefore {
    nodes = Set.copyOf(nodes);
    files = Set.copyOf(files);
  }

  static HeldBefore nothing(Instant until) {
    return new HeldBefore(Set.of(), Set.of(), until);
  }

  HeldBefore and(HeldBefore other) {
    return new HeldBefore(
        both(nodes, other.nodes),
        both(files, other.files),
        until.isBefore(other.until) ? until : other.until);
  }

  private static Set<Cid> both(Set<Cid> some, Set<Cid> others) {
    Set<Cid> both = new HashSet<>(some);
    both.addAll(others);
    return both;
  }

  /** These nodes are gone, which may have held any of the files. */
  HeldBefore without(Set<Cid> gone) {
    Set<Cid> left = new HashSet<>(nodes);
    return left.removeAll(gone) ? new HeldBefore(left, Set.of(), until) : this;
  }

  /** The files are held anew, by nodes that last longer. */
  HeldBefore renewed(Instant longer) {
    return new HeldBefore(nodes, Set.of(), longer);
  }
}
