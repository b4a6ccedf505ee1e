package dev.longshore.resolver.registry;

import dev.longshore.oci.Digest;
import dev.longshore.resolver.name.Place;
import dev.longshore.resolver.name.Selector;
import java.util.Optional;

/** What a client of the registry asks for. */
sealed interface RegistryRequest {
  /** Whether this is a registry. */
  record Ping() implements RegistryRequest {}

  /** A manifest or index. */
  record Manifest(String name, Place place, Selector wanted, Conditions conditions)
      implements RegistryRequest {}

  /** A config, a layer, or any other part of an image. */
  record Blob(String name, Place place, Digest digest, Conditions conditions)
      implements RegistryRequest {}

  /** Tags of a repository. */
  record Tags(String name, Place place, PageRequest page) implements RegistryRequest {}

  /** Manifests that belong to another one. */
  record Referrers(
      String name, Place place, Digest subject, Optional<String> artifactType, PageRequest page)
      implements RegistryRequest {}

  /** All repositories. */
  record Repositories(PageRequest page) implements RegistryRequest {}
}
