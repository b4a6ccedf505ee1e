package dev.longshore.app.mirror;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a runtime is to do.
 *
 * @param resolver asked first
 * @param neighbours asked next, in this order
 * @param registries whose images are asked for there
 * @param ca PEM file, as the runtime sees it, of the authority of resolver and neighbours
 * @param login what the runtime shows them
 * @param dialTimeout how long it waits for a connection to each
 */
public record MirrorSpec(
    URI resolver,
    List<URI> neighbours,
    List<MirroredRegistry> registries,
    Optional<String> ca,
    Optional<ResolverLogin> login,
    Duration dialTimeout) {
  public MirrorSpec {
    neighbours = List.copyOf(neighbours);
    registries = List.copyOf(registries);
    List<URI> hosts = hosts(resolver, neighbours);
    for (URI host : hosts) {
      requireAddress(host);
      if (login.isPresent() && host.getScheme().equals("http") && !isLoopback(host)) {
        throw new IllegalArgumentException(
            "%s: a credential would go over the line in plain text (expected: https, or loopback)"
                .formatted(host));
      }
    }
    if (hosts.stream().distinct().count() < hosts.size()) {
      throw new IllegalArgumentException("the same address is named twice: " + hosts);
    }
    if (registries.isEmpty()) {
      throw new IllegalArgumentException(
          "no registry (expected: --registry for each whose images are mirrored, such as"
              + " docker.io)");
    }
    if (registries.stream().map(MirroredRegistry::name).distinct().count() < registries.size()) {
      throw new IllegalArgumentException("the same registry is named twice: " + registries);
    }
    if (dialTimeout.toMillis() < 1) {
      throw new IllegalArgumentException("the dial timeout is to be above 0");
    }
  }

  private static void requireAddress(URI host) {
    boolean web = "http".equals(host.getScheme()) || "https".equals(host.getScheme());
    boolean bare =
        host.getRawUserInfo() == null
            && host.getRawQuery() == null
            && host.getRawFragment() == null
            && String.valueOf(host.getRawPath()).isEmpty();
    if (!web || host.getHost() == null || !bare) {
      throw new IllegalArgumentException(
          "%s: expected http:// or https://, a host and a port, no path and no user"
              .formatted(host.getHost() == null ? "the address" : host.getHost()));
    }
  }

  /** Whether only this machine hears what is sent there. */
  static boolean isLoopback(URI host) {
    String name = host.getHost();
    return name.equals("localhost") || name.equals("[::1]") || name.startsWith("127.");
  }

  /** All, in the order in which they are asked. */
  List<URI> hosts() {
    return hosts(resolver, neighbours);
  }

  private static List<URI> hosts(URI resolver, List<URI> neighbours) {
    List<URI> hosts = new ArrayList<>();
    hosts.add(resolver);
    hosts.addAll(neighbours);
    return hosts;
  }
}
