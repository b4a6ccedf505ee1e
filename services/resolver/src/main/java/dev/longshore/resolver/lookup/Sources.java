package dev.longshore.resolver.lookup;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.ImageState;
import dev.longshore.events.TagState;
import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import java.util.List;
import java.util.stream.Stream;

/** What may be told of a source image, by what leads to it. */
interface Sources {
  /** By its digest, from nowhere in particular. */
  Stream<Known.Source> of(Digest digest);

  /** As the digest that a name of this repository has or had. */
  Stream<Known.Source> of(RepositoryName repository, Digest digest);

  /** As what a conversion was made of. */
  Stream<Known.Source> of(ImageState image);

  /** Whether it may be told in an answer about this digest. */
  default boolean isAbout(Known.Source source, Digest digest) {
    return source.digest().equals(digest);
  }

  /** One source with all that is known of it, less what is left out. */
  static Known.Source source(
      Catalog catalog, Digest digest, List<TagState> names, List<ImageState> images) {
    List<Known.Conversion> conversions =
        images.stream()
            .map(image -> new Known.Conversion(image, catalog.pins().of(image.imageDag())))
            .toList();
    List<TagState> having = names.stream().filter(n -> n.digest().equals(digest)).toList();
    String mediaType =
        images.stream()
            .map(ImageState::mediaType)
            .findFirst()
            .or(() -> having.stream().map(TagState::mediaType).findFirst())
            .orElse("");
    return new Known.Source(digest, mediaType, having, conversions);
  }
}
