package dev.longshore.resolver.image;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.Repository;
import dev.longshore.events.ImageState;
import dev.longshore.events.TagState;
import dev.longshore.ipfs.Cid;
import dev.longshore.oci.Digest;
import dev.longshore.oci.RegistryHost;
import dev.longshore.oci.RepositoryName;
import dev.longshore.resolver.name.Names;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Which of the images in the catalog are served: those with a verified copy. */
public final class Listing {
  /** Which mode answers names and digests where an image is there in several. */
  private static final List<String> PREFERENCE = List.of("plain", "estargz", "encrypted");

  /** Tags looked at in one step of a listing. */
  private static final int STEP = 500;

  /** Digests of a repository tried before it counts as one of which nothing is served. */
  private static final int DIGESTS_TRIED = 50;

  private final Catalog catalog;

  public Listing(Catalog catalog) {
    this.catalog = catalog;
  }

  /** The image that the tag serves: of its newest digest that has a verified copy. */
  Optional<Listed> tag(RepositoryName repository, String tag) {
    return catalog
        .tag(TagState.key(repository.host().value(), repository.repository(), tag, ""))
        .filter(state -> !state.deleted())
        .flatMap(this::served);
  }

  /** The image of the newest digest that the name has or had and that has a verified copy. */
  public Optional<Listed> served(TagState tag) {
    return Stream.concat(Stream.of(tag.digest()), tag.previous().stream())
        .map(this::digest)
        .flatMap(Optional::stream)
        .findFirst();
  }

  /**
   * The image that was made of this source digest, in the mode that is preferred; of several the
   * largest, which is for the most platforms.
   */
  public Optional<Listed> digest(String digest) {
    return catalog.imagesOf(digest).stream()
        .map(this::listed)
        .flatMap(Optional::stream)
        .min(
            Comparator.comparingInt((Listed listed) -> rank(listed.state()))
                .thenComparing(listed -> listed.state().bytes(), Comparator.reverseOrder()));
  }

  /** Images in the repository that belong to this manifest. */
  List<Listed> boundTo(RepositoryName repository, Digest subject, int limit) {
    return catalog.imagesBoundTo(subject.toString(), limit).stream()
        .filter(image -> holds(repository, image.digest()))
        .map(this::listed)
        .flatMap(Optional::stream)
        .toList();
  }

  /** The image with this image DAG. */
  public Optional<Listed> dag(Cid cid) {
    return catalog.imageByDag(cid.toString()).flatMap(this::listed);
  }

  /** The image with this root CID. */
  public Optional<Listed> root(Cid cid) {
    return catalog.imageByRoot(cid.toString()).flatMap(this::listed);
  }

  /** Whether the repository has or had the digest under one of its names. */
  boolean holds(RepositoryName repository, String digest) {
    return catalog.repositoryHolds(repository.host().value(), repository.repository(), digest);
  }

  /** Source digests that the repository has or had, at most so many. */
  List<String> digests(RepositoryName repository, int limit) {
    return catalog.digestsOf(repository.host().value(), repository.repository(), limit);
  }

  /** Whether the catalog has a name of this repository. */
  public boolean knows(RepositoryName repository) {
    return !digests(repository, 1).isEmpty();
  }

  /**
   * Tags that are served, in the order of their code points.
   *
   * @param after the last tag of the page before, or none
   */
  public List<String> tags(RepositoryName repository, @Nullable String after, int limit) {
    List<String> served = new ArrayList<>();
    @Nullable String last = after;
    while (served.size() < limit) {
      List<TagState> step =
          catalog.tags(repository.host().value(), repository.repository(), last, STEP);
      for (TagState state : step) {
        last = state.tag();
        if (last != null && served.size() < limit && served(state).isPresent()) {
          served.add(last);
        }
      }
      if (step.size() < STEP) {
        break;
      }
    }
    return served;
  }

  /**
   * Repositories with an image that is served, by registry and name.
   *
   * @param after the last one of the page before
   */
  public List<RepositoryName> repositories(Optional<RepositoryName> after, int limit) {
    List<RepositoryName> served = new ArrayList<>();
    @Nullable Repository last =
        after.map(r -> new Repository(r.host().value(), r.repository())).orElse(null);
    while (served.size() < limit) {
      List<Repository> step = catalog.repositories(last, STEP);
      for (Repository repository : step) {
        last = repository;
        RepositoryName name = name(repository);
        if (served.size() < limit && Names.isPath(name) && servesAny(name)) {
          served.add(name);
        }
      }
      if (step.size() < STEP) {
        break;
      }
    }
    return served;
  }

  private static RepositoryName name(Repository repository) {
    return new RepositoryName(new RegistryHost(repository.registry()), repository.name());
  }

  private boolean servesAny(RepositoryName repository) {
    return digests(repository, DIGESTS_TRIED).stream()
        .anyMatch(digest -> digest(digest).isPresent());
  }

  private Optional<Listed> listed(ImageState image) {
    return catalog
        .pin(image.imageDag())
        .filter(pin -> pin.verified() > 0)
        .map(pin -> new Listed(image, pin));
  }

  private static int rank(ImageState image) {
    int rank = PREFERENCE.indexOf(image.mode());
    return rank < 0 ? PREFERENCE.size() : rank;
  }
}
