package dev.longshore.settings.value;

import java.net.URI;

/** Checks of web addresses in settings. */
public final class Web {
  private Web() {}

  /** Whether it is an HTTP or HTTPS address with a host and without a user. */
  public static boolean isHttp(URI uri) {
    String scheme = uri.getScheme();
    return uri.getHost() != null
        && uri.getRawUserInfo() == null
        && ("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme));
  }

  /** Whether others cannot read the traffic to it. */
  public static boolean isClosed(URI uri) {
    return isHttps(uri) || new Listen(uri.getHost(), 0).loopback();
  }

  /** Whether it asks for TLS. */
  public static boolean isHttps(URI uri) {
    return "https".equalsIgnoreCase(uri.getScheme());
  }

  /** The address for an error message: the part before an @ may be a password. */
  public static String shown(URI uri) {
    return uri.getRawUserInfo() == null
        ? uri.toString()
        : uri.toString().replace(uri.getRawUserInfo() + "@", "***@");
  }
}
