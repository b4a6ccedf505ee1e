package dev.longshore.ipfs.kubo;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Whether a multiaddress can be reached only from this machine or its private network. */
final class PrivateAddress {
  private PrivateAddress() {}

  static boolean is(String multiaddr) {
    List<String> parts = List.of(multiaddr.split("/", -1));
    if (parts.size() < 3 || parts.contains("p2p-circuit")) {
      return false;
    }
    String protocol = parts.get(1);
    String host = parts.get(2);
    // Names are not resolved: their addresses can change.
    boolean literal =
        (protocol.equals("ip4") && host.matches("[0-9.]+"))
            || (protocol.equals("ip6") && host.matches("[0-9a-fA-F:.]+"));
    return literal && isPrivate(host);
  }

  private static boolean isPrivate(String literal) {
    try {
      InetAddress address = InetAddress.getByName(literal);
      byte[] bytes = address.getAddress();
      boolean uniqueLocal = bytes.length == 16 && (bytes[0] & 0xfe) == 0xfc; // RFC 4193
      return address.isLoopbackAddress()
          || address.isSiteLocalAddress()
          || address.isLinkLocalAddress()
          || uniqueLocal;
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
