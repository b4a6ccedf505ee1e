package dev.longshore.resolver.registry;

import dev.longshore.model.Digest;
import dev.longshore.resolver.name.Place;
import dev.longshore.resolver.name.Selector;
import dev.longshore.runtime.edge.rights.ApiCall;
import dev.longshore.runtime.edge.rights.Operation;
import java.util.Optional;

/** A request to the registry. */
sealed interface RegistryRequest {
  /** Describes the request for the audit log. */
  default void tell(ApiCall visit) {
    switch (this) {
      case Ping() -> visit.isFor(Operation.PING);
      case Manifest manifest ->
          visit.isAbout(Operation.PULL, manifest.name(), manifest.wanted().text());
      case Blob blob -> visit.isAbout(Operation.BLOB, blob.name(), blob.digest().toString());
      case Tags tags -> visit.isIn(Operation.TAGS, tags.name());
      case Referrers list ->
          visit.isAbout(Operation.REFERRERS, list.name(), list.subject().toString());
      case Repositories _ -> visit.isFor(Operation.REPOSITORIES);
    }
  }

  /** The check whether this is a registry. */
  record Ping() implements RegistryRequest {}

  /** A request within one place. */
  sealed interface Placed extends RegistryRequest {
    /** The name as the client wrote it. */
    String name();

    Place place();

    /** The same request at that place. */
    Placed at(Place other);
  }

  /** A manifest or index. */
  record Manifest(String name, Place place, Selector wanted, Conditions conditions)
      implements Placed {
    @Override
    public Manifest at(Place other) {
      return new Manifest(name, other, wanted, conditions);
    }
  }

  /** A config, a layer, or any other part of an image. */
  record Blob(String name, Place place, Digest digest, Conditions conditions) implements Placed {
    @Override
    public Blob at(Place other) {
      return new Blob(name, other, digest, conditions);
    }
  }

  /** Tags of a repository. */
  record Tags(String name, Place place, PageRequest page) implements Placed {
    @Override
    public Tags at(Place other) {
      return new Tags(name, other, page);
    }
  }

  /** Manifests that refer to another one. */
  record Referrers(
      String name, Place place, Digest subject, Optional<String> artifactType, PageRequest page)
      implements Placed {
    @Override
    public Referrers at(Place other) {
      return new Referrers(name, other, subject, artifactType, page);
    }
  }

  /** All repositories. */
  record Repositories(PageRequest page) implements RegistryRequest {}
}
