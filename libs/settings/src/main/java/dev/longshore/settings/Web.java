package dev.longshore.settings;

import java.net.URI;

/** What settings ask of a web address. */
public final class Web {
  private Web() {}

  /** Whether it is one of HTTP or HTTPS, with a host and without a user. */
  public static boolean isHttp(URI uri) {
    String scheme = uri.getScheme();
    return uri.getHost() != null
        && uri.getRawUserInfo() == null
        && ("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme));
  }

  /** Whether nobody else can listen in on the way there. */
  public static boolean isClosed(URI uri) {
    return isHttps(uri) || new Listen(uri.getHost(), 0).loopback();
  }

  /** Whether it asks for TLS. */
  public static boolean isHttps(URI uri) {
    return "https".equalsIgnoreCase(uri.getScheme());
  }

  /** The address as an error may show it: what stands before an @ may be a password. */
  public static String shown(URI uri) {
    return uri.getRawUserInfo() == null
        ? uri.toString()
        : uri.toString().replace(uri.getRawUserInfo() + "@", "***@");
  }
}
