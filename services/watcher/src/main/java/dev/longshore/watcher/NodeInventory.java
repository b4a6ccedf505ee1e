package dev.longshore.watcher;

import dev.longshore.catalog.Catalog;
import dev.longshore.containerd.Containerd;
import dev.longshore.containerd.LocalImage;
import dev.longshore.containerd.LocalName;
import dev.longshore.events.TagState;
import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.RegistryException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One comparison of everything that a containerd has with what is known. */
final class NodeInventory {
  private static final Logger LOG = LoggerFactory.getLogger(NodeInventory.class);
  private static final int PAGE = 500;

  /** Limit of names already logged; further ones are logged again. */
  private static final int SPOKEN_OF = 10_000;

  private final Containerd containerd;
  private final NodeImages names;
  private final Readiness readiness;
  private final MirrorScope scope;
  private final Catalog catalog;
  private final ChangedImages changes;
  private final Set<String> spokenOf = new HashSet<>();

  NodeInventory(
      Containerd containerd,
      NodeImages names,
      Readiness readiness,
      MirrorScope scope,
      Catalog catalog,
      ChangedImages changes) {
    this.containerd = containerd;
    this.names = names;
    this.readiness = readiness;
    this.scope = scope;
    this.catalog = catalog;
    this.changes = changes;
  }

  /**
   * Adds differences to the changes.
   *
   * @param whole whether to include known images: more of their content may have arrived while no
   *     one listened
   */
  void compare(boolean whole) throws RegistryException {
    Set<Reference> there = new HashSet<>();
    for (String namespace : containerd.namespaces()) {
      if (names.watches(namespace)) {
        for (LocalImage image : containerd.images(namespace)) {
          Optional<Reference> name = mirrored(namespace, image);
          if (name.isPresent() && there.add(name.get()) && isNews(name.get(), image, whole)) {
            changes.add(name.get());
          }
        }
      }
    }
    addVanished(there);
  }

  /** The name under which the image is mirrored, if it is. */
  Optional<Reference> mirrored(String namespace, String image) {
    return names
        .mirrored(namespace, image)
        .filter(name -> scope.covers(name.name(), name.tag().orElse(null)));
  }

  private Optional<Reference> mirrored(String namespace, LocalImage image) {
    if (!MediaType.isManifest(image.target().mediaType())) {
      return Optional.empty();
    }
    Optional<Reference> name = mirrored(namespace, image.name());
    String full = namespace + " " + image.name();
    if (name.isEmpty() && spokenOf.size() < SPOKEN_OF && spokenOf.add(full)) {
      LOG.debug("image {} of node {} is not mirrored by its name", full, containerd.node());
    }
    return name;
  }

  private boolean isNews(Reference name, LocalImage image, boolean whole) throws RegistryException {
    Optional<TagState> known = catalog.tags().byKey(key(name));
    Digest digest = image.target().digest();
    if (known.filter(tag -> !tag.deleted() && tag.digest().equals(digest)).isEmpty()) {
      return true;
    }
    HintTarget look =
        new HintTarget(
            name.name(), name.tag().orElse(null), name.digest().orElse(null), false, null, null);
    return whole && readiness.of(look, image.target()) == Readiness.Verdict.GROWN;
  }

  private static String key(Reference name) {
    return name.digest()
        .map(digest -> TagState.key(name.name(), digest))
        .orElseGet(() -> TagState.key(name.name(), name.tag().orElseThrow()));
  }

  private void addVanished(Set<Reference> there) {
    String registry = LocalName.HOST.value();
    String ours = containerd.node() + "/";
    RepositoryName last = RepositoryName.stored(registry, ours);
    while (true) {
      List<RepositoryName> page = catalog.repositories().page(last, PAGE);
      for (RepositoryName repository : page) {
        if (!repository.registry().equals(registry) || !repository.repository().startsWith(ours)) {
          return;
        }
        addVanished(repository, there);
        last = repository;
      }
      if (page.size() < PAGE) {
        return;
      }
    }
  }

  private void addVanished(RepositoryName stored, Set<Reference> there) {
    RepositoryName name = stored.checked();
    if (LocalName.of(name).filter(local -> names.watches(local.namespace())).isEmpty()) {
      return;
    }
    @Nullable Tag last = null;
    List<TagState> page;
    do {
      page = catalog.tags().ofRepository(stored, last, PAGE);
      for (TagState tag : page) {
        last = tag.tag();
        if (last != null && !there.contains(Reference.tagged(name, last))) {
          changes.add(Reference.tagged(name, last));
        }
      }
    } while (page.size() == PAGE);
  }
}
