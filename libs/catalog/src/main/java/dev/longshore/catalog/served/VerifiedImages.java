package dev.longshore.catalog.served;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinState;
import dev.longshore.model.Digest;
import dev.longshore.model.Mode;
import dev.longshore.model.RepositoryName;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Images that have a verified copy, or had one: caches and sites may still have those. */
public final class VerifiedImages {
  private final Catalog catalog;

  public VerifiedImages(Catalog catalog) {
    this.catalog = catalog;
  }

  /** An image, and its copies. */
  public record Verified(ImageState image, PinState pin) {}

  /** All results for the source digest that belong to this repository, with a copy or without. */
  public List<ImageState> madeOf(RepositoryName repository, Digest digest) {
    return catalog.conversions().forRepository(repository, digest);
  }

  /** The image, if copies of it were verified. */
  public Optional<Verified> of(ImageState image) {
    return catalog
        .pins()
        .of(image.imageDag())
        .filter(PinState::wasVerified)
        .map(pin -> new Verified(image, pin));
  }

  /**
   * The one of these images that the repository serves in this mode. Prefers one made for the
   * repository, then the one with the most platforms, then the newest: recipients may have changed
   * since.
   */
  public Optional<Verified> best(ServedModes modes, List<ImageState> images, Mode mode) {
    return images.stream()
        .filter(image -> ServedModes.isIn(image, mode) && modes.serves(image))
        .map(this::of)
        .flatMap(Optional::stream)
        .min(
            Comparator.comparing((Verified found) -> !modes.isOwn(found.image()))
                .thenComparing(found -> found.image().platforms().size(), Comparator.reverseOrder())
                .thenComparing(found -> found.image().convertedAt(), Comparator.reverseOrder()));
  }
}
