package dev.longshore.settings.value;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * The address of a server: {@code 127.0.0.1:5050}, {@code [::1]:5050} or {@code 0.0.0.0:5050}.
 *
 * @param host name or address, an IPv6 address without brackets
 * @param port 0 to 65535; 0 lets the system choose
 */
public record Listen(String host, int port) {
  public Listen {
    if (host.isEmpty() || port < 0 || port > 65535) {
      throw new IllegalArgumentException(
          host + ":" + port + " (expected: host:port with a port of 0 to 65535)");
    }
  }

  /**
   * Parses {@code host:port}.
   *
   * @throws IllegalArgumentException when it is malformed
   */
  public static Listen parse(String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.indexOf(':') >= 0) {
      host = "";
    }
    String port = text.substring(colon + 1);
    if (host.isEmpty() || !port.matches("\\d{1,5}")) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is not an address to listen on (expected: such as 127.0.0.1:5050)");
    }
    return new Listen(host, Integer.parseInt(port));
  }

  /** Whether only this machine reaches it. A name that does not resolve counts as reachable. */
  public boolean loopback() {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException unknown) {
      return false;
    }
  }

  /** Resolves the host. */
  public InetSocketAddress address() {
    return new InetSocketAddress(host, port);
  }

  /** The address to reach it from this machine: loopback if it listens on all interfaces. */
  public Listen reachable() {
    InetSocketAddress address = address();
    boolean any = address.getAddress() != null && address.getAddress().isAnyLocalAddress();
    return any ? new Listen("127.0.0.1", port) : this;
  }

  @Override
  public String toString() {
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }
}
