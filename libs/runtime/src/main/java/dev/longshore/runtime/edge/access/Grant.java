package dev.longshore.runtime.edge.access;

import dev.longshore.events.Proof;
import dev.longshore.runtime.edge.rights.Caller;
import dev.longshore.runtime.edge.rights.Rights;
import java.time.Instant;
import java.util.Optional;

/**
 * What an entry of a file of tokens gives its holder.
 *
 * @param proof what shows who it is; none where a proxy has to say so
 * @param end from when on it gives nothing; never, if none
 */
record Grant(String name, Proof proof, Rights rights, Optional<Instant> end) {
  boolean endedBy(Instant now) {
    return end.isPresent() && !now.isBefore(end.get());
  }

  Caller caller(Optional<String> subject) {
    return new Caller(name, proof, subject, rights);
  }
}
