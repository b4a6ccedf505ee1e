package dev.longshore.oci.login;

import dev.longshore.oci.registry.RegistryCredentials;
import java.time.Instant;
import java.util.Optional;

/**
 * Credentials that somebody handed out.
 *
 * @param until when they expire; empty if nobody said
 */
public record IssuedCredentials(RegistryCredentials credentials, Optional<Instant> until) {
  /** Without a known end. */
  static IssuedCredentials of(RegistryCredentials credentials) {
    return new IssuedCredentials(credentials, Optional.empty());
  }
}
