package dev.longshore.resolver.lookup;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.ImageState;
import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import java.util.stream.Stream;

/** Shows everything: the caller has authenticated. */
record AllSources(Catalog catalog) implements Sources {
  @Override
  public Stream<Known.Source> of(Digest digest) {
    return Stream.of(
        Sources.source(
            catalog,
            digest,
            catalog.tags().withDigest(digest),
            catalog.conversions().ofDigest(digest)));
  }

  @Override
  public Stream<Known.Source> of(RepositoryName repository, Digest digest) {
    return of(digest);
  }

  @Override
  public Stream<Known.Source> of(ImageState image) {
    return of(image.digest());
  }

  @Override
  public boolean isAbout(Known.Source source, Digest digest) {
    return true;
  }
}
