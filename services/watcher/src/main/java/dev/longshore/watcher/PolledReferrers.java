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
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

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
  private final int atOnce;

  PolledReferrers(ImageSource source, RepositoryName name, Catalog catalog) {
    this(source, name, catalog, 1);
  }

  /**
   * @param atOnce requests that are under way together
   */
  PolledReferrers(ImageSource source, RepositoryName name, Catalog catalog, int atOnce) {
    this.source = source;
    this.name = name;
    this.catalog = catalog;
    this.atOnce = atOnce;
  }

  /**
   * What refers to one manifest.
   *
   * @param listed none if the registry keeps no lists
   */
  private record Answer(Optional<List<Descriptor>> listed, @Nullable RegistryException failure) {}

  /** Digests of the referrers not known yet. */
  List<Digest> unknown(Collection<Digest> images) throws RegistryException, InterruptedException {
    Set<Digest> seen = new LinkedHashSet<>(images);
    List<Digest> unknown = new ArrayList<>();
    List<Digest> level = List.copyOf(images);
    // The first answer says whether there are lists.
    int together = 1;
    for (int i = 0; i < LEVELS && !level.isEmpty(); i++) {
      List<Digest> next = new ArrayList<>();
      int from = 0;
      while (from < level.size()) {
        List<Digest> some = level.subList(from, Math.min(level.size(), from + together));
        from += together;
        together = atOnce;
        for (Answer answer : answers(some)) {
          if (answer.failure != null) {
            throw answer.failure;
          }
          if (answer.listed.isEmpty()) {
            return unknown;
          }
          answer.listed.get().stream().map(Descriptor::digest).filter(seen::add).forEach(next::add);
        }
      }
      next.stream().filter(digest -> !isKnown(digest)).forEach(unknown::add);
      level = next;
    }
    return unknown;
  }

  private List<Answer> answers(List<Digest> subjects) throws InterruptedException {
    return subjects.size() == 1
        ? List.of(answer(subjects.getFirst()))
        : AtOnce.all(
            subjects.stream().map(subject -> (Callable<Answer>) () -> answer(subject)).toList());
  }

  private Answer answer(Digest subject) {
    try {
      return new Answer(source.listedReferrers(name, subject), null);
    } catch (RegistryException e) {
      return new Answer(Optional.empty(), e);
    }
  }

  private boolean isKnown(Digest digest) {
    return catalog.repositories().holds(name, digest);
  }
}
