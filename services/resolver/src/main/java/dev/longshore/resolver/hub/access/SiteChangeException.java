package dev.longshore.resolver.hub.access;

/** A site cannot be changed like that; the message says what to do instead. */
public final class SiteChangeException extends Exception {
  private static final long serialVersionUID = 1L;

  SiteChangeException(String message) {
    super(message);
  }
}
