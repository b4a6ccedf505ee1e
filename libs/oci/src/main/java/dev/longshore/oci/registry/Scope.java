package dev.longshore.oci.registry;

import dev.longshore.model.RepositoryName;

/** What a token is to allow (distribution spec, token scopes). */
record Scope(String text) {
  static Scope pull(RepositoryName name) {
    return new Scope("repository:" + name.repository() + ":pull");
  }

  static Scope push(RepositoryName name) {
    return new Scope("repository:" + name.repository() + ":pull,push");
  }

  /** Of a login alone. */
  static Scope none() {
    return new Scope("");
  }

  static Scope catalog() {
    return new Scope("registry:catalog:*");
  }
}
