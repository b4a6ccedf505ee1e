package dev.longshore.resolver.lookup;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.ImageState;
import dev.longshore.events.TagState;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.RegistryHost;
import dev.longshore.oci.RepositoryName;
import dev.longshore.resolver.image.Listed;
import dev.longshore.resolver.image.Listing;
import dev.longshore.runtime.config.Mode;
import java.util.List;
import java.util.stream.Stream;

/**
 * Tells what anyone may know. An encrypted repository's images appear under their own digests, as
 * if there had never been plain ones; and a plain image's digest leads to no encrypted form that
 * only such a repository has.
 */
record PublicSources(Catalog catalog, Listing listing) implements Sources {
  @Override
  public Stream<Known.Source> of(String digest) {
    List<TagState> names =
        catalog.namesOf(digest).stream().filter(name -> !isSecret(name)).toList();
    List<ImageState> images =
        catalog.imagesOf(digest).stream()
            .filter(image -> !isEncrypted(image) || isServedByAny(names, image))
            .toList();
    return names.isEmpty() && images.isEmpty()
        ? Stream.empty()
        : Stream.of(Sources.source(catalog, digest, names, images));
  }

  @Override
  public Stream<Known.Source> of(RepositoryName repository, String digest) {
    return listing.isSecret(repository)
        ? listing.ofDigest(repository, digest).stream().map(Listed::state).flatMap(this::secret)
        : of(digest);
  }

  @Override
  public Stream<Known.Source> of(ImageState image) {
    return isEncrypted(image) ? secret(image) : of(image.digest());
  }

  /** Under the digest of the encrypted manifest, with names that lead to it. */
  private Stream<Known.Source> secret(ImageState image) {
    String own = image.ownDigest();
    if (own == null) {
      return Stream.empty();
    }
    List<TagState> names =
        catalog.namesOf(image.digest()).stream()
            .filter(name -> name.tag() != null && leadsTo(name, image))
            .map(name -> under(own, name))
            .toList();
    var conversion = new Known.Conversion(image, catalog.pin(image.imageDag()));
    return Stream.of(
        new Known.Source(own, MediaType.toOci(image.mediaType()), names, List.of(conversion)));
  }

  /** A tag whose registry answer this is, now. */
  private boolean leadsTo(TagState name, ImageState image) {
    return !name.deleted()
        && listing.served(name).map(Listed::state).filter(image::equals).isPresent();
  }

  private static TagState under(String own, TagState name) {
    return new TagState(
        name.registry(),
        name.repository(),
        name.tag(),
        own,
        MediaType.toOci(name.mediaType()),
        0,
        List.of(),
        name.deleted(),
        name.origin(),
        name.hintedAt(),
        name.observedAt());
  }

  private boolean isServedByAny(List<TagState> names, ImageState image) {
    return names.stream()
        .map(PublicSources::repository)
        .distinct()
        .anyMatch(
            repository ->
                listing.ofDigest(repository, image.digest()).stream()
                    .map(Listed::state)
                    .anyMatch(image::equals));
  }

  private boolean isSecret(TagState name) {
    return listing.isSecret(repository(name));
  }

  private static boolean isEncrypted(ImageState image) {
    return image.mode().equals(Mode.ENCRYPTED.text());
  }

  private static RepositoryName repository(TagState name) {
    return new RepositoryName(new RegistryHost(name.registry()), name.repository());
  }
}
