package dev.longshore.runtime.edge.access;

/** Who has the rights of an entry of a file of tokens. */
public sealed interface Holder {
  /**
   * Whoever shows a token.
   *
   * @param sha256 of the token, in hexadecimal
   */
  record Token(String sha256) implements Holder {}

  /** Whoever shows a certificate with this CN. */
  record Certificate(String commonName) implements Holder {}

  /** Whom a proxy calls so. */
  record Person(String name) implements Holder {}

  /** Each of whom a proxy says that they are in this group. */
  record Group(String name) implements Holder {}
}
