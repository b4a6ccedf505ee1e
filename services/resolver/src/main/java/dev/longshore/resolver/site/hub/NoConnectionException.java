package dev.longshore.resolver.site.hub;

import java.io.IOException;

/** There is no connection to a hub, though somebody listens: nothing was asked. */
final class NoConnectionException extends IOException {
  private static final long serialVersionUID = 1L;

  NoConnectionException(String message, IOException cause) {
    super(message, cause);
  }
}
