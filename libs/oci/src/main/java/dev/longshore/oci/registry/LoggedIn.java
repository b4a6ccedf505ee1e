package dev.longshore.oci.registry;

import dev.longshore.model.RegistryHost;

/** A registry with the login that one request shows. */
record LoggedIn(RegistryConfig config, RegistryCredentials credentials) {
  RegistryHost host() {
    return config.host();
  }
}
