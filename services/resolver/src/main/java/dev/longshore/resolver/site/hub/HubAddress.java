package dev.longshore.resolver.site.hub;

import dev.longshore.settings.value.Web;
import java.net.URI;

/** A hub's address: https, or http on this machine only. */
public final class HubAddress {
  private HubAddress() {}

  /**
   * Checks an address.
   *
   * @throws IllegalArgumentException when a credential must not be sent there
   */
  public static URI checked(URI uri) {
    String path = uri.getRawPath();
    if (!Web.isHttp(uri)
        || !Web.isClosed(uri)
        || uri.getRawQuery() != null
        || uri.getRawFragment() != null
        || (path != null && !path.isEmpty() && !path.equals("/"))) {
      throw new IllegalArgumentException(
          "hub: "
              + Web.shown(uri)
              + " (expected: https://HOST:PORT without a path; http on loopback only)");
    }
    return URI.create(uri.getScheme() + "://" + uri.getRawAuthority());
  }
}
