package dev.longshore.oci.registry;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Finds the addresses of a host; tests pass their own. */
@FunctionalInterface
public interface NameLookup {
  /**
   * Looks up a name, or reads a literal address.
   *
   * @throws UnknownHostException if there is none
   */
  List<InetAddress> addresses(String host) throws UnknownHostException;

  /** Uses the machine's resolver. */
  static NameLookup real() {
    return host -> List.of(InetAddress.getAllByName(host));
  }
}
