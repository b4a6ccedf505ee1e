package dev.longshore.resolver.image;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.DecisionState;
import dev.longshore.events.ImageState;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.RootCid;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Says what was forgotten, and by which decision. */
public final class Forgotten {
  private final Catalog catalog;

  Forgotten(Catalog catalog) {
    this.catalog = catalog;
  }

  /** The decision that forgets this source digest. */
  public Optional<DecisionState> source(Digest digest) {
    return catalog.decisions().forgotten(digest);
  }

  /** That of a source's or a mode's own manifest or index in the repository. */
  Optional<DecisionState> whole(RepositoryName repository, Digest digest) {
    Optional<DecisionState> source =
        catalog.repositories().holds(repository, digest) ? source(digest) : Optional.empty();
    return source.isPresent()
        ? source
        : first(catalog.conversions().heldServedAs(repository, digest).stream());
  }

  /** That of an image of the repository that has this part, among those read before. */
  Optional<DecisionState> part(RepositoryName repository, Digest digest, Images images) {
    List<ImageState> forgotten = catalog.decisions().forgottenIn(repository);
    List<Cid> having =
        images.having(digest, forgotten.stream().map(image -> image.imageDag().cid()).toList());
    return first(forgotten.stream().filter(image -> having.contains(image.imageDag().cid())));
  }

  /** That of the images with this root CID or image DAG, if known that none of them stays. */
  Optional<DecisionState> cid(Cid cid) {
    return first(
        Stream.concat(
            catalog.conversions().byRoot(new RootCid(cid)).stream(),
            catalog.conversions().byDag(new ImageDag(cid)).stream()));
  }

  private Optional<DecisionState> first(Stream<ImageState> images) {
    return images.map(ImageState::digest).flatMap(d -> source(d).stream()).findFirst();
  }
}
