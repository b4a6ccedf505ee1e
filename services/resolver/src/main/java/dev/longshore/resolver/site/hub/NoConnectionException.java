package dev.longshore.resolver.site.hub;

import java.io.IOException;

/** No connection to a hub could be set up, although a server listens: no request was sent. */
final class NoConnectionException extends IOException {
  private static final long serialVersionUID = 1L;

  NoConnectionException(String message, IOException cause) {
    super(message, cause);
  }
}
