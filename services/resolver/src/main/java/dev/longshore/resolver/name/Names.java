package dev.longshore.resolver.name;

import dev.longshore.model.Cid;
import dev.longshore.model.MalformedCidException;
import dev.longshore.model.OciFormatException;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads the three spellings of a name: {@code <registry>/<repository>} with the port's colon
 * written {@code _}, a repository with a separate registry, and the bare repository of the default
 * registry; and the reserved {@code ipfs/<CID>}.
 *
 * @param defaultRegistry registry of bare repositories, if there is one
 */
public record Names(Optional<RegistryHost> defaultRegistry) {
  /** First component of images named by a CID. */
  public static final String IPFS = "ipfs";

  /** First component of a containerd's images, in place of a registry's host. */
  private static final String CONTAINERD = "containerd";

  private static final Pattern HOST =
      Pattern.compile("localhost|" + CONTAINERD + "|.*\\..*|.*_[0-9]{1,5}");

  /**
   * Reads a path.
   *
   * @param path the part between {@code /v2/} and {@code /manifests/} or another endpoint
   * @param registry the registry that the client names separately ({@code ?ns=}), if any
   * @throws OciFormatException when it is not a name
   */
  public Place place(String path, Optional<String> registry) {
    if (!path.equals(path.toLowerCase(Locale.ROOT))) {
      throw new OciFormatException("name: " + path + " (expected: lower-case letters only)");
    }
    if (registry.isPresent()) {
      RegistryHost host = new RegistryHost(registry.get());
      return new Place.Repository(List.of(new RepositoryName(host, path)));
    }
    int slash = path.indexOf('/');
    String first = slash < 0 ? "" : path.substring(0, slash);
    return first.equals(IPFS) || path.equals(IPFS)
        ? ipfs(path)
        : new Place.Repository(candidates(path, first));
  }

  /** The path of that repository for clients that name no registry. */
  public static String path(RepositoryName name) {
    return name.host().pathForm() + "/" + name.repository();
  }

  /** Whether {@link #path} can name it: an IPv6 address does not fit into a path. */
  public static boolean isPath(RepositoryName name) {
    return !name.host().value().startsWith("[");
  }

  /** Parses {@link #path}; empty for any other text. */
  public static Optional<RepositoryName> ofPath(String path) {
    int slash = path.indexOf('/');
    try {
      return slash < 0 ? Optional.empty() : qualified(path, path.substring(0, slash));
    } catch (OciFormatException e) {
      return Optional.empty();
    }
  }

  /** Whether people would take it for a registry's host, and not for a part of a repository. */
  public static boolean looksLikeHost(RegistryHost host) {
    return HOST.matcher(host.pathForm()).matches();
  }

  private static Place ipfs(String path) {
    String cid = path.substring(Math.min(path.length(), IPFS.length() + 1));
    try {
      return new Place.Ipfs(Cid.parse(cid));
    } catch (MalformedCidException e) {
      throw new OciFormatException("name: ipfs/ stands before a CID only: " + e.getMessage(), e);
    }
  }

  private List<RepositoryName> candidates(String path, String first) {
    List<RepositoryName> found = new ArrayList<>(2);
    Optional<RepositoryName> bare = defaultRegistry.map(host -> new RepositoryName(host, path));
    if (first.isEmpty()) {
      return List.of(bare.orElseThrow(() -> noDefault(path)));
    }
    boolean hostFirst = HOST.matcher(first).matches();
    if (hostFirst) {
      qualified(path, first).ifPresent(found::add);
    }
    bare.ifPresent(found::add);
    if (!hostFirst) {
      qualified(path, first).ifPresent(found::add);
    }
    if (found.isEmpty()) {
      throw noDefault(path);
    }
    return found;
  }

  private static Optional<RepositoryName> qualified(String path, String first) {
    RegistryHost host;
    try {
      host = RegistryHost.fromPathForm(first);
    } catch (OciFormatException e) {
      return Optional.empty();
    }
    return Optional.of(new RepositoryName(host, path.substring(first.length() + 1)));
  }

  private static OciFormatException noDefault(String path) {
    return new OciFormatException(
        "name: "
            + path
            + " (expected: <registry>/<repository>, as no default-registry is configured)");
  }
}
