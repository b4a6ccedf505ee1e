package dev.longshore.oci.login;

import dev.longshore.oci.registry.RegistryCredentials;
import java.time.Instant;
import java.util.Optional;

/**
 * Credentials that somebody handed out.
 *
 * @param until when they expire; empty if nobody said
 */
public record Grant(RegistryCredentials credentials, Optional<Instant> until) {
  /** Without a known end. */
  static Grant of(RegistryCredentials credentials) {
    return new Grant(credentials, Optional.empty());
  }
}
