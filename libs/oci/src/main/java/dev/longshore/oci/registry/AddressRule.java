package dev.longshore.oci.registry;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.hc.client5.http.DnsResolver;

/**
 * Which addresses a registry may lead us to: public ones, and those as near as the registry itself,
 * so that no one outside leads us to internal machines. Applied where the connection is made, so
 * that the checked address is the one connected to, even if the name changes.
 */
final class AddressRule implements DnsResolver {
  private final RegistryConfig registry;
  private final WebOrigin own;
  private final NameLookup names;

  AddressRule(RegistryConfig registry, NameLookup names) {
    this.registry = registry;
    this.own = WebOrigin.of(registry.endpoint());
    this.names = names;
  }

  /** The permitted addresses of a host. */
  @Override
  public List<InetSocketAddress> resolve(String host, int port) throws UnknownHostException {
    List<InetAddress> found = addresses(host);
    Set<AddressClass> allowed = allowed(host, port, classes(found));
    var permitted = new ArrayList<InetSocketAddress>();
    for (InetAddress address : found) {
      if (allowed.contains(AddressClass.of(address))) {
        permitted.add(new InetSocketAddress(address, port));
      }
    }
    if (permitted.isEmpty()) {
      throw refused(host, found.getFirst());
    }
    return permitted;
  }

  /** Text that any program reads as an address must not be looked up as a name. */
  private List<InetAddress> addresses(String host) throws UnknownHostException {
    InetAddress literal = HostRule.literal(host);
    return literal != null ? List.of(literal) : names.addresses(host);
  }

  private Set<AddressClass> allowed(String host, int port, Set<AddressClass> wanted)
      throws UnknownHostException {
    Set<AddressClass> allowed = EnumSet.of(AddressClass.PUBLIC);
    if (isNamed(host, port)) {
      allowed.addAll(EnumSet.allOf(AddressClass.class));
    } else if (!allowed.containsAll(wanted)) {
      allowed.addAll(classes(addresses(own.bareHost())));
    }
    allowed.remove(AddressClass.METADATA);
    return allowed;
  }

  /** Whether the configuration itself names this host. */
  private boolean isNamed(String host, int port) {
    WebOrigin target = WebOrigin.ofTls(host, port);
    return target.host().equals(own.host()) || registry.trusts(target);
  }

  private static Set<AddressClass> classes(List<InetAddress> addresses) {
    Set<AddressClass> classes = EnumSet.noneOf(AddressClass.class);
    addresses.forEach(address -> classes.add(AddressClass.of(address)));
    return classes;
  }

  /**
   * The same for a host that a proxy looks up: only an address in the URL is known here, not the
   * registry's own.
   */
  void checkLiteral(String host, int port) throws RefusedAddress {
    InetAddress address = HostRule.literal(host);
    if (address != null) {
      AddressClass near = AddressClass.of(address);
      boolean allowed = near == AddressClass.PUBLIC || isNamed(host, port);
      if (!allowed || near == AddressClass.METADATA) {
        throw refused(host, address);
      }
    }
  }

  private RefusedAddress refused(String host, InetAddress address) {
    AddressClass near = AddressClass.of(address);
    String place = "%s is at %s, %s".formatted(host, address.getHostAddress(), near);
    return new RefusedAddress(
        near == AddressClass.METADATA
            ? place + ", and no registry leads there"
            : place
                + ", where only a registry that is there itself may lead; %s is not"
                    .formatted(own.host()));
  }

  /** Without a port there is no rule to apply. */
  @Override
  public InetAddress[] resolve(String host) throws UnknownHostException {
    throw new UnknownHostException(host);
  }

  @Override
  public String resolveCanonicalHostname(String host) {
    return host;
  }
}
