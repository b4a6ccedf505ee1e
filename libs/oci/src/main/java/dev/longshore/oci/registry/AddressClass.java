package dev.longshore.oci.registry;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Classes of addresses, by distance. */
enum AddressClass {
  /** An address of the internet. */
  PUBLIC("a public address"),

  /** This machine, {@code 0.0.0.0} included: Linux connects that to itself. */
  LOOPBACK("an address of this machine"),

  /** An address of the same link. */
  LINK_LOCAL("an address of the local link"),

  /** An address of the same network, and any other address outside the internet. */
  PRIVATE("an address inside the network"),

  /** A service with the machine's own credentials. */
  METADATA("a metadata service of a cloud");

  /**
   * Addresses where clouds serve metadata and credentials to a machine, by their own documents:
   * most of them; AWS (EC2 over IPv6, ECS, EKS), Azure's wire server, Google, Oracle, OpenStack,
   * Alibaba, Tencent, Scaleway, Akamai.
   */
  private static final Set<InetAddress> METADATA_SERVICES =
      Stream.of(
              "169.254.169.254",
              "fd00:ec2::254",
              "169.254.170.2",
              "169.254.170.23",
              "fd00:ec2::23",
              "168.63.129.16",
              "fd20:ce::254",
              "192.0.0.192",
              "fd00:c1::a9fe:a9fe",
              "fe80::a9fe:a9fe",
              "100.100.100.200",
              "fd00:100::100:200",
              "169.254.0.23",
              "169.254.42.42",
              "fd00:42::42",
              "fd00:a9fe:a9fe::1")
          .map(InetAddress::ofLiteral)
          .collect(Collectors.toUnmodifiableSet());

  private final String words;

  AddressClass(String words) {
    this.words = words;
  }

  @Override
  public String toString() {
    return words;
  }

  static AddressClass of(InetAddress address) {
    if (METADATA_SERVICES.contains(address)) {
      return METADATA;
    }
    return address instanceof Inet6Address six ? of(six) : of(address.getAddress());
  }

  /** From IANA's registry of special-purpose IPv4 addresses; those for documentation are unused. */
  private static AddressClass of(byte[] four) {
    int first = four[0] & 0xFF;
    int second = four[1] & 0xFF;
    if (first == 127 || first == 0) {
      return LOOPBACK;
    }
    if (first == 169 && second == 254) {
      return LINK_LOCAL;
    }
    boolean inside =
        first == 10
            || (first == 172 && (second & 0xF0) == 16)
            || (first == 192 && second == 168)
            || (first == 100 && (second & 0xC0) == 64)
            || (first == 192 && second == 0 && four[2] == 0)
            || (first == 198 && (second & 0xFE) == 18)
            || first >= 224;
    return inside ? PRIVATE : PUBLIC;
  }

  private static AddressClass of(Inet6Address six) {
    byte[] bytes = six.getAddress();
    if (six.isLoopbackAddress() || six.isAnyLocalAddress()) {
      return LOOPBACK;
    }
    if (six.isLinkLocalAddress()) {
      return LINK_LOCAL;
    }
    // Forms of an IPv4 address: compatible (::/96), NAT64 (64:ff9b::/96) and 6to4 (2002::/16).
    if (starts(bytes, 12) || starts(bytes, 12, 0, 0x64, 0xFF, 0x9B)) {
      return embedded(bytes, 12);
    }
    if (starts(bytes, 2, 0x20, 0x02)) {
      return embedded(bytes, 2);
    }
    // All that is public is in 2000::/3.
    return (bytes[0] & 0xE0) == 0x20 ? PUBLIC : PRIVATE;
  }

  /** Whether the first {@code length} bytes are these and zeros. */
  private static boolean starts(byte[] address, int length, int... bytes) {
    for (int i = 0; i < length; i++) {
      if ((address[i] & 0xFF) != (i < bytes.length ? bytes[i] : 0)) {
        return false;
      }
    }
    return true;
  }

  private static AddressClass embedded(byte[] six, int from) {
    try {
      return of(InetAddress.getByAddress(Arrays.copyOfRange(six, from, from + 4)));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an IPv4 address", e);
    }
  }
}
