package dev.longshore.resolver.lookup;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.ImageState;
import dev.longshore.events.TagState;
import dev.longshore.ipfs.Cid;
import dev.longshore.oci.Digest;
import dev.longshore.oci.OciFormatException;
import dev.longshore.oci.RepositoryName;
import dev.longshore.resolver.image.Images;
import dev.longshore.resolver.image.Listed;
import dev.longshore.resolver.image.Listing;
import dev.longshore.resolver.name.Names;
import dev.longshore.resolver.name.Selector;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds everything that is known of a name, a digest or a CID. Asks no node and no registry. */
public final class Lookup {
  /** Images with a part in common that are told of. */
  private static final int IMAGES_WITH_PART = 50;

  private final Names names;
  private final Catalog catalog;
  private final Listing listing;
  private final Images images;

  public Lookup(Names names, Catalog catalog, Listing listing, Images images) {
    this.names = names;
    this.catalog = catalog;
    this.listing = listing;
    this.images = images;
  }

  /**
   * Looks up a reference, digest or CID.
   *
   * @throws OciFormatException when it is none of them
   */
  Known known(String text) {
    return known(Question.parse(text, names));
  }

  /** The question that a name is, and never a digest or CID. */
  Question name(String text) {
    return Question.name(text, names);
  }

  Known known(Question question) {
    return switch (question) {
      case Question.ByName(List<RepositoryName> candidates, Selector wanted) ->
          candidates.stream()
              .map(repository -> byName(repository, wanted))
              .filter(known -> !known.isEmpty())
              .findFirst()
              .orElseGet(() -> of(Stream.empty(), Optional.empty()));
      case Question.ByDigest(Digest digest) -> of(sources(digest), Optional.empty());
      case Question.ByCid(Cid cid) ->
          of(
              catalog
                  .imageByDag(cid.toString())
                  .or(() -> catalog.imageByRoot(cid.toString()))
                  .map(ImageState::digest)
                  .stream(),
              Optional.empty());
    };
  }

  private Known byName(RepositoryName repository, Selector wanted) {
    String registry = repository.host().value();
    return switch (wanted) {
      case Selector.ByTag(String tag) -> {
        Optional<TagState> name =
            catalog.tag(TagState.key(registry, repository.repository(), tag, ""));
        Optional<String> served =
            name.filter(n -> !n.deleted()).flatMap(listing::served).map(i -> i.state().digest());
        yield of(Stream.concat(name.map(TagState::digest).stream(), served.stream()), served);
      }
      case Selector.ByDigest(Digest digest) -> {
        String text = digest.toString();
        yield catalog.repositoryHolds(registry, repository.repository(), text)
            ? of(Stream.of(text), listing.digest(text).map(i -> i.state().digest()))
            : of(Stream.empty(), Optional.empty());
      }
    };
  }

  /** The digest itself where it is an image's, else the images that it is part of. */
  private Stream<String> sources(Digest digest) {
    String text = digest.toString();
    if (!catalog.imagesOf(text).isEmpty() || !catalog.namesOf(text).isEmpty()) {
      return Stream.of(text);
    }
    return images.imagesWith(digest, IMAGES_WITH_PART).stream()
        .map(listing::dag)
        .flatMap(Optional::stream)
        .map(Listed::state)
        .map(ImageState::digest);
  }

  private Known of(Stream<String> digests, Optional<String> served) {
    return new Known(digests.distinct().map(this::source).toList(), served, catalog.completeAt());
  }

  private Known.Source source(String digest) {
    List<TagState> having =
        catalog.namesOf(digest).stream().filter(name -> name.digest().equals(digest)).toList();
    List<Known.Conversion> conversions =
        catalog.imagesOf(digest).stream()
            .map(image -> new Known.Conversion(image, catalog.pin(image.imageDag())))
            .toList();
    String mediaType =
        conversions.stream()
            .map(conversion -> conversion.state().mediaType())
            .findFirst()
            .or(() -> having.stream().map(TagState::mediaType).findFirst())
            .orElse("");
    return new Known.Source(digest, mediaType, having, conversions);
  }
}
