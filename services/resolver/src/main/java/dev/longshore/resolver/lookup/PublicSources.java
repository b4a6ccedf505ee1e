package dev.longshore.resolver.lookup;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.ImageState;
import dev.longshore.events.TagState;
import dev.longshore.model.Digest;
import dev.longshore.model.Mode;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.MediaType;
import dev.longshore.resolver.image.Listed;
import dev.longshore.resolver.image.Listing;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Shows what anyone may know. Encrypted images appear under their own digests, as if there had
 * never been plain ones, and a plain image's digest leads to none of them. If a repository allows
 * only mode encrypted, nothing links its images to those of other repositories either, whatever
 * their rules.
 */
record PublicSources(Catalog catalog, Listing listing) implements Sources {
  @Override
  public Stream<Known.Source> of(Digest digest) {
    List<TagState> names =
        catalog.tags().withDigest(digest).stream().filter(name -> !isSecret(name)).toList();
    List<ImageState> images =
        catalog.conversions().ofDigest(digest).stream()
            .filter(image -> !isEncrypted(image))
            .toList();
    return names.isEmpty() && images.isEmpty()
        ? Stream.empty()
        : Stream.of(Sources.source(catalog, digest, names, images));
  }

  @Override
  public Stream<Known.Source> of(RepositoryName repository, Digest digest) {
    Stream<Known.Source> encrypted =
        listing.ofDigest(repository, digest).stream()
            .map(Listed::state)
            .filter(PublicSources::isEncrypted)
            .filter(image -> listing.isSecret(repository) || isOpenly(repository, image))
            .flatMap(this::secret);
    return listing.isSecret(repository) ? encrypted : Stream.concat(of(digest), encrypted);
  }

  /** Whether it was made for the repository, and no repository keeps its source secret. */
  private boolean isOpenly(RepositoryName repository, ImageState image) {
    return image.name().equals(repository)
        && catalog.tags().withDigest(image.digest()).stream().noneMatch(this::isSecret);
  }

  @Override
  public boolean isAbout(Known.Source source, Digest digest) {
    boolean encrypted =
        Stream.concat(
                catalog.conversions().servedAs(digest).stream(),
                source.conversions().stream().map(Known.Conversion::state))
            .anyMatch(PublicSources::isEncrypted);
    return !encrypted || source.digest().equals(digest);
  }

  @Override
  public Stream<Known.Source> of(ImageState image) {
    return isEncrypted(image) ? secret(image) : of(image.digest());
  }

  /** Listed under the digest of the encrypted manifest, with names that lead to it. */
  private Stream<Known.Source> secret(ImageState image) {
    Digest own = image.ownDigest();
    if (own == null) {
      return Stream.empty();
    }
    List<TagState> all = catalog.tags().withDigest(image.digest());
    boolean anySecret = all.stream().anyMatch(this::isSecret);
    List<TagState> names =
        all.stream()
            .filter(name -> !anySecret || isSecret(name))
            .filter(name -> name.tag() != null && leadsTo(name, image))
            .map(name -> under(own, name))
            .toList();
    var conversion = new Known.Conversion(image, catalog.copies().pinned(image.imageDag()));
    return Stream.of(
        Sources.unlessForgotten(
            catalog,
            image.digest(),
            new Known.Source(
                own,
                MediaType.toOci(image.mediaType()),
                names,
                List.of(conversion),
                Optional.empty())));
  }

  /** A tag for which the registry now answers with this. */
  private boolean leadsTo(TagState name, ImageState image) {
    return !name.deleted()
        && listing
            .shown(name)
            .filter(shown -> shown.state().imageDag().equals(image.imageDag()))
            .isPresent();
  }

  private static TagState under(Digest own, TagState name) {
    return new TagState(
        name.name(),
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

  private boolean isSecret(TagState name) {
    return listing.isSecret(name.name().checked());
  }

  private static boolean isEncrypted(ImageState image) {
    return image.mode().is(Mode.ENCRYPTED);
  }
}
