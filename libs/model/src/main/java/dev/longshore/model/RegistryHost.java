package dev.longshore.model;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The host (and port) of a registry, as written before a repository: {@code docker.io}, {@code
 * localhost:5055}, {@code [::1]:5000}. Lower-case; the other names of Docker Hub become {@code
 * docker.io}.
 */
public record RegistryHost(String value) implements Comparable<RegistryHost> {
  private static final Set<String> HUB_ALIASES = Set.of("index.docker.io", "registry-1.docker.io");
  private static final String LABEL = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";

  /** The rule "domain" of the distribution grammar. */
  private static final Pattern DOMAIN =
      Pattern.compile(
          "(?<name>" + LABEL + "(?:\\." + LABEL + ")*|\\[[a-fA-F0-9:]+])(?::(?<port>[0-9]+))?");

  private static final Pattern LOOPBACK_V4 = Pattern.compile("127(?:\\.[0-9]{1,3}){3}");
  private static final int MAX_PORT = 65_535;

  /** Docker Hub, whose API has another host. Last, because its constructor uses the above. */
  public static final RegistryHost DOCKER_HUB = new RegistryHost("docker.io");

  public RegistryHost {
    Matcher matcher = DOMAIN.matcher(value);
    if (value.length() > RepositoryName.MAX_LENGTH || !matcher.matches()) {
      throw OciFormatException.of("registry host", value, "host or host:port, no scheme, no path");
    }
    String port = matcher.group("port");
    if (port != null && (port.length() > 5 || Integer.parseInt(port) > MAX_PORT)) {
      throw OciFormatException.of("registry host", value, "a port of at most " + MAX_PORT);
    }
    value = value.toLowerCase(Locale.ROOT);
    if (HUB_ALIASES.contains(value)) {
      value = "docker.io";
    }
  }

  /** The host without its port; an IPv6 address keeps its brackets. */
  public String name() {
    int colon = value.lastIndexOf(':');
    return colon > value.lastIndexOf(']') ? value.substring(0, colon) : value;
  }

  /** Whether this is the machine itself: {@code localhost}, 127.0.0.0/8 or {@code [::1]}. */
  public boolean isLoopback() {
    String name = name();
    return name.equals("localhost") || name.equals("[::1]") || LOOPBACK_V4.matcher(name).matches();
  }

  /**
   * The host as one component of a repository path: the port's colon written {@code _}.
   *
   * @throws OciFormatException for an IPv6 address, which no path component can hold
   */
  public String pathForm() {
    if (value.startsWith("[")) {
      throw OciFormatException.of(
          "registry host", value, "a DNS name or IPv4 address, within a path");
    }
    return value.replace(':', '_');
  }

  /** Reads {@link #pathForm}. */
  public static RegistryHost fromPathForm(String component) {
    return new RegistryHost(component.replace('_', ':'));
  }

  @Override
  public int compareTo(RegistryHost other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
