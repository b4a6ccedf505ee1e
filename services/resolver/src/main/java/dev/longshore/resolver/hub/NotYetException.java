package dev.longshore.resolver.hub;

import java.io.IOException;

/** A name shows an image whose record has not been read yet. */
final class NotYetException extends IOException {
  private static final long serialVersionUID = 1L;

  NotYetException(String message) {
    super(message);
  }
}
