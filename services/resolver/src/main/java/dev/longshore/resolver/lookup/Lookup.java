package dev.longshore.resolver.lookup;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.ImageState;
import dev.longshore.events.TagState;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.RootCid;
import dev.longshore.model.Tag;
import dev.longshore.resolver.image.Images;
import dev.longshore.resolver.image.Listed;
import dev.longshore.resolver.image.Listing;
import dev.longshore.resolver.name.Names;
import dev.longshore.resolver.name.Selector;
import dev.longshore.runtime.edge.rights.Caller;
import dev.longshore.runtime.edge.rights.DeniedException;
import dev.longshore.runtime.edge.rights.Scope;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Finds everything known about a name, a digest or a CID. Calls no node and no registry. */
public final class Lookup {
  /** Limit of visible images with a part in common to list. */
  private static final int IMAGES_WITH_PART = 50;

  private final Names names;
  private final Catalog catalog;
  private final Listing listing;
  private final Images images;
  private final Sources sources;

  /**
   * @param trusted whether every caller has authenticated, and so may know which plain image an
   *     encrypted one was made from
   */
  public Lookup(Names names, Catalog catalog, Listing listing, Images images, boolean trusted) {
    this.names = names;
    this.catalog = catalog;
    this.listing = listing;
    this.images = images;
    this.sources = trusted ? new AllSources(catalog) : new PublicSources(catalog, listing);
  }

  /**
   * Parses a reference, digest or CID.
   *
   * @throws OciFormatException when it is none of them
   */
  Question question(String text) {
    return Question.parse(text, names);
  }

  /**
   * Answers the question, without what the caller may not see.
   *
   * @throws DeniedException when it is a name that the caller may not see
   */
  Known known(Question question, Caller caller) throws DeniedException {
    if (caller.rights().everywhere(Scope.LOOK_UP)) {
      return known(question, Optional::of);
    }
    CallerView excerpt = new CallerView(caller, listing);
    return known(excerpt.limited(question), excerpt::seen);
  }

  /** Parses a name, never a digest or CID. */
  Question name(String text) {
    return Question.name(text, names);
  }

  /** The visible part of a source; empty if the caller may not see it. */
  @FunctionalInterface
  private interface View extends Function<Known.Source, Optional<Known.Source>> {}

  private Known known(Question question, View view) {
    return switch (question) {
      case Question.ByName(List<RepositoryName> candidates, Selector wanted) ->
          candidates.stream()
              .map(repository -> byName(repository, wanted, view))
              .filter(known -> !known.isEmpty())
              .findFirst()
              .orElseGet(() -> of(Stream.empty(), Optional.empty()));
      case Question.ByDigest(Digest digest) -> of(ofDigest(digest, view), Optional.empty());
      case Question.ByCid(Cid cid) ->
          of(
              seen(
                  Stream.concat(
                          catalog.conversions().byDag(new ImageDag(cid)).stream(),
                          catalog.conversions().byRoot(new RootCid(cid)).stream())
                      .flatMap(sources::of),
                  view),
              Optional.empty());
    };
  }

  private Known byName(RepositoryName repository, Selector wanted, View view) {
    return switch (wanted) {
      case Selector.ByTag(Tag tag) -> {
        Optional<TagState> name = catalog.tags().of(repository, tag);
        Optional<ImageState> served = listing.tag(repository, tag).map(Listed::state);
        Stream<Digest> digests =
            Stream.concat(
                    name.map(TagState::digest).stream(), served.map(ImageState::digest).stream())
                .distinct();
        Optional<Digest> answer =
            served.map(ImageState::servedDigest).or(() -> name.map(TagState::digest));
        yield of(
            seen(
                digests
                    .flatMap(digest -> sources.of(repository, digest))
                    .filter(found -> sources.isAbout(found, answer.orElseThrow())),
                view),
            served.map(ImageState::servedDigest));
      }
      case Selector.ByDigest(Digest digest) -> {
        Optional<ImageState> served = listing.whole(repository, digest).map(Listed::state);
        boolean held = catalog.repositories().holds(repository, digest);
        Digest source = served.map(ImageState::digest).orElse(digest);
        yield held || served.isPresent()
            ? of(
                seen(
                    sources.of(repository, source).filter(found -> sources.isAbout(found, digest)),
                    view),
                served.map(ImageState::servedDigest))
            : of(Stream.empty(), Optional.empty());
      }
    };
  }

  /** The digest itself if it is an image's, else the images with that part. */
  private Stream<Known.Source> ofDigest(Digest digest, View view) {
    List<ImageState> own = catalog.conversions().servedAs(digest);
    if (!own.isEmpty()) {
      return seen(own.stream().flatMap(sources::of), view);
    }
    if (!catalog.conversions().ofDigest(digest).isEmpty()
        || !catalog.tags().withDigest(digest).isEmpty()) {
      return seen(sources.of(digest), view);
    }
    Stream<Known.Source> having =
        images.imagesWith(digest).flatMap(listing::withDag).map(Listed::state).flatMap(sources::of);
    return seen(having, view).limit(IMAGES_WITH_PART);
  }

  private static Stream<Known.Source> seen(Stream<Known.Source> found, View view) {
    return found.distinct().map(view).flatMap(Optional::stream);
  }

  private Known of(Stream<Known.Source> found, Optional<Digest> served) {
    return new Known(found.toList(), served, catalog.completeAt());
  }
}
