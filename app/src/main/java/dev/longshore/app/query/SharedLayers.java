package dev.longshore.app.query;

import dev.longshore.app.query.find.QueryException;
import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.HeldImage;
import dev.longshore.events.ImageState;
import dev.longshore.events.TagState;
import dev.longshore.ipfs.Deadline;
import dev.longshore.model.Digest;
import dev.longshore.model.Mode;
import dev.longshore.model.RepositoryName;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Blobs of forgotten images that other images of their repositories have too, and which stay.
 *
 * @param kept an image that keeps it, for each blob
 * @param looked images that were looked at
 * @param whole whether these were all of the repositories, and all could be read
 */
public record SharedLayers(Map<Digest, ImageState> kept, int looked, boolean whole) {
  /** Images of a repository to look at, the newest first: each is some blocks of a peer. */
  private static final int MOST = 200;

  /** Looks until the time is over. */
  public static SharedLayers of(
      Catalog catalog, ForgetScope scope, ForgetScope.Inside inside, Deadline deadline) {
    Set<Digest> left = new HashSet<>();
    boolean whole = true;
    for (Digest source : scope.sources()) {
      for (ImageState image : catalog.conversions().ofDigest(source)) {
        if (image.mode().is(Mode.PLAIN)) {
          Optional<Set<Digest>> blobs = blobs(inside, image);
          blobs.ifPresent(left::addAll);
          whole &= blobs.isPresent();
        }
      }
    }
    left.removeAll(scope.sources());
    Map<Digest, ImageState> kept = new TreeMap<>();
    int looked = 0;
    List<ImageState> others = others(catalog, scope);
    for (ImageState other : others) {
      if (left.isEmpty() || looked == MOST || deadline.expired()) {
        break;
      }
      looked++;
      Optional<Set<Digest>> blobs = blobs(inside, other);
      whole &= blobs.isPresent();
      Set<Digest> common = new HashSet<>(blobs.orElse(Set.of()));
      common.retainAll(left);
      common.forEach(digest -> kept.put(digest, other));
      left.removeAll(common);
    }
    return new SharedLayers(kept, looked, whole && (left.isEmpty() || looked == others.size()));
  }

  /** Empty if no peer gives them now. */
  private static Optional<Set<Digest>> blobs(ForgetScope.Inside inside, ImageState image) {
    try {
      return Optional.of(inside.blobs(image));
    } catch (QueryException e) {
      return Optional.empty();
    }
  }

  private static List<ImageState> others(Catalog catalog, ForgetScope scope) {
    Set<RepositoryName> repositories = new LinkedHashSet<>();
    scope.names().stream().map(TagState::name).forEach(repositories::add);
    return repositories.stream()
        .flatMap(name -> catalog.repositories().images(name))
        .flatMap(List::stream)
        .filter(held -> held.mode().is(Mode.PLAIN))
        .sorted(Comparator.comparing(HeldImage::convertedAt).reversed())
        .map(HeldImage::imageDag)
        .distinct()
        .flatMap(dag -> catalog.conversions().firstByDag(dag).stream())
        .filter(image -> !scope.sources().contains(image.digest()))
        .filter(image -> !catalog.decisions().isForgotten(image.digest()))
        .toList();
  }
}
