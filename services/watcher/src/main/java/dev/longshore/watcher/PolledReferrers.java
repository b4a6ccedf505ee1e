package dev.longshore.watcher;

import dev.longshore.catalog.Catalog;
import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.source.ImageSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Untagged signatures, SBOMs and the like that a repository holds for its images. One request for
 * each manifest if the registry keeps the lists; one in all if clients keep them under tags, which
 * the poll covers anyway.
 */
final class PolledReferrers {
  /** Levels: a signature of an attestation of an SBOM of an image, and one more. */
  private static final int LEVELS = 4;

  private final ImageSource source;
  private final RepositoryName name;
  private final Catalog catalog;

  PolledReferrers(ImageSource source, RepositoryName name, Catalog catalog) {
    this.source = source;
    this.name = name;
    this.catalog = catalog;
  }

  /** Digests of the referrers not known yet. */
  List<Digest> unknown(Collection<Digest> images) throws RegistryException {
    Set<Digest> seen = new LinkedHashSet<>(images);
    List<Digest> unknown = new ArrayList<>();
    List<Digest> level = List.copyOf(images);
    for (int i = 0; i < LEVELS && !level.isEmpty(); i++) {
      List<Digest> next = new ArrayList<>();
      for (Digest subject : level) {
        Optional<List<Descriptor>> listed = source.listedReferrers(name, subject);
        if (listed.isEmpty()) {
          return unknown;
        }
        listed.get().stream().map(Descriptor::digest).filter(seen::add).forEach(next::add);
      }
      next.stream().filter(digest -> !isKnown(digest)).forEach(unknown::add);
      level = next;
    }
    return unknown;
  }

  private boolean isKnown(Digest digest) {
    return catalog.repositories().holds(name, digest);
  }
}
