package dev.longshore.runtime.edge.access;

import dev.longshore.events.Proof;
import dev.longshore.runtime.edge.rights.Caller;
import dev.longshore.runtime.edge.rights.Rights;
import java.time.Instant;
import java.util.Optional;

/**
 * The rights that an entry of a tokens file gives its holder.
 *
 * @param proof how the holder proves its identity; {@code NONE} if a proxy vouches for it
 * @param end when the rights end; empty if never
 */
record Grant(String name, Proof proof, Rights rights, Optional<Instant> end) {
  boolean endedBy(Instant now) {
    return end.isPresent() && !now.isBefore(end.get());
  }

  Caller caller(Optional<String> subject) {
    return new Caller(name, proof, subject, rights);
  }
}
