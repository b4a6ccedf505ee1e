package dev.longshore.containerd;

import dev.longshore.model.OciFormatException;
import dev.longshore.model.Reference;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A repository of a containerd's namespace: {@code containerd/<node>/<namespace>/<repository>},
 * where the repository begins with its registry, a port's colon written {@code _}.
 *
 * @param inner the repository its name there
 */
public record LocalName(String node, String namespace, RepositoryName inner) {
  /** The first part, in place of a registry's host. */
  public static final RegistryHost HOST = new RegistryHost("containerd");

  /** CRI also names each image by its config's digest. */
  private static final Pattern ID = Pattern.compile("sha256:[0-9a-f]{64}");

  private static final String HUB_PREFIX = RegistryHost.DOCKER_HUB + "/";
  private static final String HUB_LIBRARY = HUB_PREFIX + "library/";

  /** The name under which Longshore knows it. */
  public RepositoryName repository() {
    return new RepositoryName(
        HOST, node + "/" + namespace + "/" + inner.host().pathForm() + "/" + inner.repository());
  }

  /** Parses {@link #repository}; empty for other names. */
  public static Optional<LocalName> of(RepositoryName name) {
    String[] parts = name.repository().split("/", 4);
    if (!name.host().equals(HOST) || parts.length < 4) {
      return Optional.empty();
    }
    try {
      RepositoryName inner = new RepositoryName(RegistryHost.fromPathForm(parts[2]), parts[3]);
      LocalName found = new LocalName(parts[0], parts[1], inner);
      return found.repository().equals(name) ? Optional.of(found) : Optional.empty();
    } catch (OciFormatException e) {
      return Optional.empty();
    }
  }

  /**
   * The name of an image of a containerd. Empty for names outside Longshore's grammar: CRI's ids,
   * names without tag and digest, namespaces with capitals.
   */
  public static Optional<Reference> of(String node, String namespace, String image) {
    if (ID.matcher(image).matches()) {
      return Optional.empty();
    }
    try {
      Reference inner = Reference.parse(image);
      LocalName name = new LocalName(node, namespace, inner.name());
      var reference = new Reference(name.repository(), inner.tag(), inner.digest());
      return names(reference).contains(image) ? Optional.of(reference) : Optional.empty();
    } catch (OciFormatException e) {
      return Optional.empty();
    }
  }

  /**
   * Possible names of an image in containerd; the first existing one counts: clients write Docker
   * Hub's in full, other programs abbreviate them.
   */
  static List<String> names(Reference reference) {
    var names = new ArrayList<String>();
    of(reference.name())
        .ifPresent(
            name -> {
              String full = name.inner + suffix(reference);
              names.add(full);
              if (full.startsWith(HUB_PREFIX)) {
                names.add(full.substring(HUB_PREFIX.length()));
              }
              if (full.startsWith(HUB_LIBRARY)) {
                names.add(full.substring(HUB_LIBRARY.length()));
              }
            });
    return names;
  }

  private static String suffix(Reference reference) {
    return reference.tag().map(tag -> ":" + tag).orElse("")
        + reference.digest().map(digest -> "@" + digest).orElse("");
  }
}
