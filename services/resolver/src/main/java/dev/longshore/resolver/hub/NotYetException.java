package dev.longshore.resolver.hub;

import java.io.IOException;

/** A record of an image has not been read yet that a name shows already. */
final class NotYetException extends IOException {
  private static final long serialVersionUID = 1L;

  NotYetException(String message) {
    super(message);
  }
}
