package dev.longshore.oci.registry;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Finds the addresses of a host; tests pass one that knows what they say. */
@FunctionalInterface
public interface NameLookup {
  /**
   * Looks up a name, or reads a literal address.
   *
   * @throws UnknownHostException if there is none
   */
  List<InetAddress> addresses(String host) throws UnknownHostException;

  /** Asks as the machine is set up to. */
  static NameLookup real() {
    return host -> List.of(InetAddress.getAllByName(host));
  }
}
