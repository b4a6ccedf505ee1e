package dev.longshore.oci.registry;

import java.net.URI;
import java.util.Locale;

/** Scheme, host and port: what credentials are bound to. */
record Origin(String scheme, String host, int port) {
  static Origin of(URI uri) {
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    int standard = scheme.equals("https") ? 443 : 80;
    int port = uri.getPort() < 0 ? standard : uri.getPort();
    return new Origin(scheme, String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT), port);
  }

  boolean secure() {
    return scheme.equals("https");
  }

  boolean standardPort() {
    return port == (secure() ? 443 : 80);
  }

  String authority() {
    return host + ":" + port;
  }
}
