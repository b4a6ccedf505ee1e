package dev.longshore.watcher;

import dev.longshore.containerd.LocalName;
import dev.longshore.model.Cid;
import dev.longshore.model.MalformedCidException;
import dev.longshore.model.Reference;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which names of a containerd are mirrored: not those that it pulled from Longshore, or the mirror
 * would feed on itself.
 */
final class NodeImages {
  private static final String IPFS = "ipfs/";
  private final String node;
  private final Set<String> namespaces;
  private final Set<RegistryHost> ownHosts;

  NodeImages(ContainerdSettings settings) {
    this.node = settings.name();
    this.namespaces = Set.copyOf(settings.namespaces());
    this.ownHosts =
        settings.ownHosts().stream().map(RegistryHost::new).collect(Collectors.toUnmodifiableSet());
  }

  boolean watches(String namespace) {
    return namespaces.isEmpty() || namespaces.contains(namespace);
  }

  /** The name under which the image is mirrored, if it is. */
  Optional<Reference> mirrored(String namespace, String image) {
    return watches(namespace)
        ? LocalName.of(node, namespace, image).filter(name -> !isOurs(name.name()))
        : Optional.empty();
  }

  private boolean isOurs(RepositoryName name) {
    RepositoryName inner = LocalName.of(name).orElseThrow().inner();
    return ownHosts.contains(inner.host()) || isCid(inner.repository());
  }

  /** {@code ipfs/<CID>} on any host, and the bare CID that a client pulled. */
  private static boolean isCid(String repository) {
    int slash = repository.lastIndexOf('/');
    String last = repository.substring(slash + 1);
    boolean placed = repository.equals(IPFS + last) || repository.equals("library/" + last);
    try {
      return placed && !Cid.parse(last).toString().isEmpty();
    } catch (MalformedCidException e) {
      return false;
    }
  }
}
