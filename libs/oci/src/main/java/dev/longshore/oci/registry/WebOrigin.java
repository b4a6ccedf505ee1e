package dev.longshore.oci.registry;

import java.net.URI;
import java.util.Locale;

/** Scheme, host and port, which credentials are bound to. */
record WebOrigin(String scheme, String host, int port) {
  static WebOrigin of(URI uri) {
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    int standard = scheme.equals("https") ? 443 : 80;
    int port = uri.getPort() < 0 ? standard : uri.getPort();
    return new WebOrigin(scheme, String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT), port);
  }

  /** From a host as sockets know it. */
  static WebOrigin ofTls(String host, int port) {
    String written = host.indexOf(':') < 0 ? host : "[" + host + "]";
    return new WebOrigin("https", written.toLowerCase(Locale.ROOT), port);
  }

  /** The host as sockets know it: an IPv6 address without its brackets. */
  String bareHost() {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
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
