package dev.longshore.ocicrypt;

import java.io.IOException;
import java.util.Optional;

/**
 * Where the bytes of keys come from; at most a MiB of each is read. Private keys and passwords are
 * wiped after use, so pass arrays that nothing else needs.
 */
@FunctionalInterface
public interface KeyFiles {
  byte[] read(String path) throws IOException;

  /**
   * The password from an environment variable.
   *
   * @param name as in {@code key.pem:env=NAME}
   */
  default byte[] variable(String name) throws IOException {
    throw OcicryptException.unsupported(
        "a key's password", "env=: there is no environment here, give it with file=");
  }

  /** Prompts for the password of a key; empty if there is no terminal. */
  default Optional<byte[]> ask(String path) throws IOException {
    return Optional.empty();
  }

  /** The key ring for {@code pgp:NAME}, as from {@code gpg --export}. */
  default byte[] pgpKeyRing() throws IOException {
    throw OcicryptException.badKey(
        "pgp recipient",
        "there is no key ring to look up names in: give the file of the public key, as in"
            + " pgp:keys/alice.asc");
  }
}
