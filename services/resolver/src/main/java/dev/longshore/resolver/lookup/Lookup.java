package dev.longshore.resolver.lookup;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.ImageState;
import dev.longshore.events.TagState;
import dev.longshore.ipfs.Cid;
import dev.longshore.oci.Digest;
import dev.longshore.oci.RepositoryName;
import dev.longshore.resolver.image.Images;
import dev.longshore.resolver.image.Listed;
import dev.longshore.resolver.image.Listing;
import dev.longshore.resolver.name.Names;
import dev.longshore.resolver.name.Selector;
import dev.longshore.resolver.registry.Knowledge;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds everything that is known of a name, a digest or a CID. Asks no node and no registry. */
public final class Lookup {
  /** Images that have a part in common that are told of. */
  private static final int IMAGES_WITH_PART = 50;

  private final Names names;
  private final Catalog catalog;
  private final Listing listing;
  private final Images images;
  private final Knowledge knowledge;

  public Lookup(Names names, Catalog catalog, Listing listing, Images images, Knowledge knowledge) {
    this.names = names;
    this.catalog = catalog;
    this.listing = listing;
    this.images = images;
    this.knowledge = knowledge;
  }

  /**
   * Looks up a reference, digest or CID.
   *
   * @throws dev.longshore.oci.OciFormatException when it is none of them
   */
  Known known(String ref) {
    return switch (Question.parse(ref, names)) {
      case Question.ByName(List<RepositoryName> candidates, Selector wanted) ->
          byName(ref, candidates, wanted);
      case Question.ByDigest(Digest digest) -> of(ref, sources(digest), Optional.empty());
      case Question.ByCid(Cid cid) -> byCid(ref, cid);
    };
  }

  private Known byName(String ref, List<RepositoryName> candidates, Selector wanted) {
    for (RepositoryName repository : candidates) {
      Optional<TagState> name =
          catalog.tag(
              switch (wanted) {
                case Selector.ByTag(String tag) -> key(repository, tag, "");
                case Selector.ByDigest(Digest digest) -> key(repository, null, digest.toString());
              });
      if (name.isPresent()) {
        Set<String> digests = new LinkedHashSet<>();
        digests.add(name.get().digest());
        digests.addAll(name.get().previous());
        Optional<String> served =
            name.get().deleted()
                ? Optional.empty()
                : listing.served(name.get()).map(image -> image.state().digest());
        return new Known(ref, List.of(name.get()), imagesOf(digests), served, knowledge.age());
      }
      if (wanted instanceof Selector.ByDigest(Digest digest)
          && catalog.repositoryHolds(
              repository.host().value(), repository.repository(), digest.toString())) {
        return of(
            ref,
            List.of(digest.toString()),
            listing.digest(digest.toString()).map(image -> image.state().digest()));
      }
    }
    return new Known(ref, List.of(), List.of(), Optional.empty(), knowledge.age());
  }

  private Known byCid(String ref, Cid cid) {
    Optional<ImageState> image =
        catalog.imageByDag(cid.toString()).or(() -> catalog.imageByRoot(cid.toString()));
    return of(ref, image.map(ImageState::digest).stream().toList(), Optional.empty());
  }

  /** The digest itself where an image was made of it, else the images that it is part of. */
  private List<String> sources(Digest digest) {
    String text = digest.toString();
    if (!catalog.imagesOf(text).isEmpty() || !catalog.namesOf(text).isEmpty()) {
      return List.of(text);
    }
    return images.imagesWith(digest, IMAGES_WITH_PART).stream()
        .map(listing::dag)
        .flatMap(Optional::stream)
        .map(Listed::state)
        .map(ImageState::digest)
        .distinct()
        .toList();
  }

  private Known of(String ref, List<String> digests, Optional<String> served) {
    Map<String, TagState> found = new LinkedHashMap<>();
    for (String digest : digests) {
      catalog.namesOf(digest).forEach(name -> found.put(name.key(), name));
    }
    return new Known(
        ref,
        List.copyOf(found.values()),
        imagesOf(new LinkedHashSet<>(digests)),
        served,
        knowledge.age());
  }

  private List<Known.Image> imagesOf(Set<String> digests) {
    return digests.stream()
        .flatMap(digest -> catalog.imagesOf(digest).stream())
        .map(image -> new Known.Image(image, catalog.pin(image.imageDag())))
        .toList();
  }

  private static String key(RepositoryName repository, @Nullable String tag, String digest) {
    return TagState.key(repository.host().value(), repository.repository(), tag, digest);
  }
}
