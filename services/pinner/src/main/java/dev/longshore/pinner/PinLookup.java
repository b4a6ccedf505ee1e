package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinState;
import dev.longshore.events.TagState;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is known of copies, by image DAG, by name, and as a list. */
final class PinLookup {
  private final Catalog catalog;

  PinLookup(Catalog catalog) {
    this.catalog = catalog;
  }

  Optional<PinState> byDag(String imageDag) {
    return catalog.pin(imageDag);
  }

  /** One entry for each conversion of what the name points to. */
  List<PinState> byName(String name) {
    return catalog.tag(name).map(tag -> catalog.imagesOf(tag.digest())).orElse(List.of()).stream()
        .flatMap(image -> catalog.pin(image.imageDag()).stream())
        .toList();
  }

  /** Names that lead to the image DAG. */
  List<TagState> namesOf(PinState pin) {
    return catalog
        .imageByDag(pin.imageDag())
        .map(ImageState::digest)
        .map(catalog::namesOf)
        .orElse(List.of());
  }

  List<PinState> page(@Nullable String afterDag, int limit, boolean unfinishedOnly) {
    return unfinishedOnly ? catalog.pinsUnfinished(afterDag, limit) : catalog.pins(afterDag, limit);
  }
}
