package dev.longshore.runtime.edge.access;

import dev.longshore.settings.Secret;

/** What a caller shows to be admitted. */
public sealed interface Credentials {
  /** HTTP basic. */
  record Basic(String username, Secret password) implements Credentials {}

  /** A token in {@code Authorization: Bearer}. */
  record Bearer(Secret token) implements Credentials {}
}
