package dev.longshore.runtime.access;

import dev.longshore.events.Proof;
import java.time.Instant;
import java.util.Optional;

/**
 * What a token or a certificate stands for.
 *
 * @param end from when on it stands for nothing; never, if none
 */
record Grant(String name, Proof proof, Rights rights, Optional<Instant> end) {
  Caller caller(Optional<String> subject) {
    return new Caller(name, proof, subject, rights);
  }
}
