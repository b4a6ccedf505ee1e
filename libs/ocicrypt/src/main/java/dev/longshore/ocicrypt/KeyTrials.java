package dev.longshore.ocicrypt;

import java.security.PrivateKey;
import java.util.List;
import java.util.Optional;

/** Tries each private key at each recipient's entry of a packet. */
final class KeyTrials {
  private KeyTrials() {}

  /** Unwraps the key of the packet's content from one recipient's entry. */
  @FunctionalInterface
  interface Unwrapping<E> {
    Optional<byte[]> contentKey(E entry, PrivateKey key) throws OcicryptException;
  }

  /** Opens the packet's content. */
  @FunctionalInterface
  interface Opening {
    Optional<byte[]> options(byte[] contentKey) throws OcicryptException;
  }

  /**
   * The options, or empty if no key is a recipient's.
   *
   * @throws OcicryptException if a key is, and the content was changed
   */
  static <E> Optional<byte[]> open(
      Scheme scheme,
      List<E> entries,
      List<PrivateKey> keys,
      Unwrapping<E> unwrapping,
      Opening opening)
      throws OcicryptException {
    boolean fitted = false;
    for (E entry : entries) {
      for (PrivateKey key : keys) {
        Optional<byte[]> contentKey = unwrapping.contentKey(entry, key);
        if (contentKey.isPresent()) {
          Optional<byte[]> options;
          try {
            options = opening.options(contentKey.get());
          } finally {
            Secrets.wipe(contentKey.get());
          }
          if (options.isPresent()) {
            return options;
          }
          fitted = true;
        }
      }
    }
    if (fitted) {
      throw new OcicryptException(
          OcicryptException.Kind.CHANGED_ANNOTATION,
          scheme.annotation()
              + ": a private key fits, but what it protects does not authenticate: the annotation"
              + " was changed");
    }
    return Optional.empty();
  }
}
