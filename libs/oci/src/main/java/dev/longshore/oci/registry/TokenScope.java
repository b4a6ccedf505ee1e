package dev.longshore.oci.registry;

import dev.longshore.model.RepositoryName;

/** The permission in a token (distribution spec, token scopes). */
record TokenScope(String text) {
  static TokenScope pull(RepositoryName name) {
    return new TokenScope("repository:" + name.repository() + ":pull");
  }

  static TokenScope push(RepositoryName name) {
    return new TokenScope("repository:" + name.repository() + ":pull,push");
  }

  /** A login without further rights. */
  static TokenScope none() {
    return new TokenScope("");
  }

  static TokenScope catalog() {
    return new TokenScope("registry:catalog:*");
  }
}
