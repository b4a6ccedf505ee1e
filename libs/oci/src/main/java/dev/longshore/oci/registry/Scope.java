package dev.longshore.oci.registry;

import dev.longshore.model.RepositoryName;

/** The permission in a token (distribution spec, token scopes). */
record Scope(String text) {
  static Scope pull(RepositoryName name) {
    return new Scope("repository:" + name.repository() + ":pull");
  }

  static Scope push(RepositoryName name) {
    return new Scope("repository:" + name.repository() + ":pull,push");
  }

  /** A login without further rights. */
  static Scope none() {
    return new Scope("");
  }

  static Scope catalog() {
    return new Scope("registry:catalog:*");
  }
}
