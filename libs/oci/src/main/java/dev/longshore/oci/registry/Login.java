package dev.longshore.oci.registry;

import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;

/** Gives the credentials for one registry, for each request anew. */
@FunctionalInterface
public interface Login {
  /**
   * The credentials of now.
   *
   * @throws RegistryException when there are none, with the reason and the remedy
   */
  RegistryCredentials current(Attempt attempt) throws RegistryException;

  /**
   * The registry or its token server refused these: do not show them again if others can be had.
   */
  default void refused(RegistryCredentials credentials) {}

  /** Always the same. */
  static Login of(RegistryCredentials credentials) {
    return _ -> credentials;
  }
}
