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
import dev.longshore.runtime.access.Caller;
import dev.longshore.runtime.access.DeniedException;
import dev.longshore.runtime.access.Scope;
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
  private final Sources sources;

  /**
   * @param trusted whether every caller has shown a credential, and so may know which plain image
   *     an encrypted one was made of
   */
  public Lookup(Names names, Catalog catalog, Listing listing, Images images, boolean trusted) {
    this.names = names;
    this.catalog = catalog;
    this.listing = listing;
    this.images = images;
    this.sources = trusted ? new AllSources(catalog) : new PublicSources(catalog, listing);
  }

  /**
   * The question that a reference, digest or CID is.
   *
   * @throws OciFormatException when it is none of them
   */
  Question question(String text) {
    return Question.parse(text, names);
  }

  /**
   * Looks up what the question is about, and leaves out what the caller may not see.
   *
   * @throws DeniedException when it is a name that the caller may not see
   */
  Known known(Question question, Caller caller) throws DeniedException {
    return caller.rights().everywhere(Scope.LOOK_UP)
        ? known(question)
        : new Excerpt(caller, listing).of(this::known, question);
  }

  /** The question that a name is, and never a digest or CID. */
  Question name(String text) {
    return Question.name(text, names);
  }

  private Known known(Question question) {
    return switch (question) {
      case Question.ByName(List<RepositoryName> candidates, Selector wanted) ->
          candidates.stream()
              .map(repository -> byName(repository, wanted))
              .filter(known -> !known.isEmpty())
              .findFirst()
              .orElseGet(() -> of(Stream.empty(), Optional.empty()));
      case Question.ByDigest(Digest digest) -> of(ofDigest(digest), Optional.empty());
      case Question.ByCid(Cid cid) ->
          of(
              catalog
                  .imageByDag(cid.toString())
                  .or(() -> catalog.imageByRoot(cid.toString()))
                  .map(sources::of)
                  .orElse(Stream.empty()),
              Optional.empty());
    };
  }

  private Known byName(RepositoryName repository, Selector wanted) {
    return switch (wanted) {
      case Selector.ByTag(String tag) -> {
        Optional<TagState> name =
            catalog.tag(TagState.key(repository.host().value(), repository.repository(), tag, ""));
        Optional<ImageState> served = listing.tag(repository, tag).map(Listed::state);
        Stream<String> digests =
            Stream.concat(
                    name.map(TagState::digest).stream(), served.map(ImageState::digest).stream())
                .distinct();
        Optional<Digest> answer =
            served
                .map(ImageState::servedDigest)
                .or(() -> name.map(TagState::digest))
                .map(Digest::parse);
        yield of(
            digests
                .flatMap(digest -> sources.of(repository, digest))
                .filter(found -> sources.isAbout(found, answer.orElseThrow())),
            served.map(ImageState::servedDigest));
      }
      case Selector.ByDigest(Digest digest) -> {
        Optional<ImageState> served = listing.whole(repository, digest).map(Listed::state);
        boolean held =
            catalog.repositoryHolds(
                repository.host().value(), repository.repository(), digest.toString());
        String source = served.map(ImageState::digest).orElse(digest.toString());
        yield held || served.isPresent()
            ? of(
                sources.of(repository, source).filter(found -> sources.isAbout(found, digest)),
                served.map(ImageState::servedDigest))
            : of(Stream.empty(), Optional.empty());
      }
    };
  }

  /** The digest itself where it is an image's, else the images that it is part of. */
  private Stream<Known.Source> ofDigest(Digest digest) {
    String text = digest.toString();
    List<ImageState> own = catalog.imagesServedAs(text);
    if (!own.isEmpty()) {
      return own.stream().flatMap(sources::of);
    }
    if (!catalog.imagesOf(text).isEmpty() || !catalog.namesOf(text).isEmpty()) {
      return sources.of(text);
    }
    return images.imagesWith(digest, IMAGES_WITH_PART).stream()
        .map(listing::dag)
        .flatMap(Optional::stream)
        .map(Listed::state)
        .flatMap(sources::of);
  }

  private Known of(Stream<Known.Source> found, Optional<String> served) {
    return new Known(found.distinct().toList(), served, catalog.completeAt());
  }
}
