package dev.longshore.app;

import java.security.Security;

/** How long this process caches addresses of names. */
public final class AddressCache {
  /** Time to cache an address: a recreated container has another one. */
  private static final String ADDRESS_SECONDS = "3";

  /** Time to cache that a name has none, as while its container starts. */
  private static final String NO_ADDRESS_SECONDS = "1";

  private AddressCache() {}

  /**
   * Call it before the first look-up of a name. Not for commands without look-ups: Java logs the
   * change, and searches every jar of the class path for loggers.
   */
  public static void keepShort() {
    Security.setProperty("networkaddress.cache.ttl", ADDRESS_SECONDS);
    Security.setProperty("networkaddress.cache.negative.ttl", NO_ADDRESS_SECONDS);
  }
}
