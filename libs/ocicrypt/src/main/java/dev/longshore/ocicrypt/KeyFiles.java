package dev.longshore.ocicrypt;

import java.io.IOException;
import java.util.Optional;

/**
 * Where the bytes of keys come from; at most a MiB of each is taken. Private keys and passwords are
 * wiped once they are read, so what is given must be nobody else's.
 */
@FunctionalInterface
public interface KeyFiles {
  byte[] read(String path) throws IOException;

  /**
   * The password that an environment variable holds.
   *
   * @param name as in {@code key.pem:env=NAME}
   */
  default byte[] variable(String name) throws IOException {
    throw OcicryptException.unsupported(
        "a key's password", "env=: there is no environment here, give it with file=");
  }

  /** Asks the person at the keyboard for the password of a key; empty if there is nobody. */
  default Optional<byte[]> ask(String path) throws IOException {
    return Optional.empty();
  }

  /** The public keys in which {@code pgp:NAME} is looked up, as {@code gpg --export} gives them. */
  default byte[] pgpKeyRing() throws IOException {
    throw OcicryptException.badKey(
        "pgp recipient",
        "there is no key ring to look up names in: give the file of the public key, as in"
            + " pgp:keys/alice.asc");
  }
}
