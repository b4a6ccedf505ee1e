package dev.longshore.resolver.lookup;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.ImageState;
import dev.longshore.events.TagState;
import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What to show of a source image, depending on how the question led to it. */
interface Sources {
  /** By its digest alone. */
  Stream<Known.Source> of(Digest digest);

  /** As a current or former digest of a name in this repository. */
  Stream<Known.Source> of(RepositoryName repository, Digest digest);

  /** As the source of a conversion. */
  Stream<Known.Source> of(ImageState image);

  /** Whether an answer about this digest may show it. */
  default boolean isAbout(Known.Source source, Digest digest) {
    return source.digest().equals(digest);
  }

  /** The same, without what leads to its content if the source is forgotten. */
  static Known.Source unlessForgotten(Catalog catalog, Digest source, Known.Source known) {
    return catalog
        .decisions()
        .forgotten(source)
        .map(
            decision ->
                new Known.Source(
                    known.digest(),
                    known.mediaType(),
                    known.names(),
                    List.of(),
                    Optional.of(decision.decidedAt())))
        .orElse(known);
  }

  /** One source with everything known about it, except what is left out. */
  static Known.Source source(
      Catalog catalog, Digest digest, List<TagState> names, List<ImageState> images) {
    List<Known.Conversion> conversions =
        images.stream()
            .map(image -> new Known.Conversion(image, catalog.copies().pinned(image.imageDag())))
            .toList();
    List<TagState> having = names.stream().filter(n -> n.digest().equals(digest)).toList();
    String mediaType =
        images.stream()
            .map(ImageState::mediaType)
            .findFirst()
            .or(() -> having.stream().map(TagState::mediaType).findFirst())
            .orElse("");
    return unlessForgotten(
        catalog,
        digest,
        new Known.Source(digest, mediaType, having, conversions, Optional.empty()));
  }
}
