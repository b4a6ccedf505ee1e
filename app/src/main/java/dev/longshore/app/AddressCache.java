package dev.longshore.app;

import java.security.Security;

/** How long this process believes what it was told about names. */
public final class AddressCache {
  /** How long an address is believed: a container that is made anew has another one. */
  private static final String ADDRESS_SECONDS = "3";

  /** How long it is believed that a name has none, as while its container starts. */
  private static final String NO_ADDRESS_SECONDS = "1";

  private AddressCache() {}

  /**
   * Must be called before the first name is looked up. It is not for commands that look none up:
   * Java tells its loggers of it, and to find these opens every jar of the class path.
   */
  public static void keepShort() {
    Security.setProperty("networkaddress.cache.ttl", ADDRESS_SECONDS);
    Security.setProperty("networkaddress.cache.negative.ttl", NO_ADDRESS_SECONDS);
  }
}
