package dev.longshore.runtime.edge.access;

/** The holder of an entry in a tokens file. */
public sealed interface Holder {
  /**
   * A caller with a token.
   *
   * @param sha256 hash of the token, in hexadecimal
   */
  record Token(String sha256) implements Holder {}

  /** A caller with a certificate with this CN. */
  record Certificate(String commonName) implements Holder {}

  /** A person, by the name that a proxy sends. */
  record Person(String name) implements Holder {}

  /** Every person in this group, according to a proxy. */
  record Group(String name) implements Holder {}
}
