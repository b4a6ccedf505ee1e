package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinState;
import dev.longshore.events.TagState;
import dev.longshore.runtime.config.Mode;
import dev.longshore.runtime.config.Rules;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is known of copies, by image DAG, by name, and as a list. */
final class PinLookup {
  private final Catalog catalog;
  private final Rules rules;

  PinLookup(Catalog catalog, Rules rules) {
    this.catalog = catalog;
    this.rules = rules;
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

  /**
   * Names that lead to the image DAG. Of an encrypted image no name that says of what plain image
   * it was made: neither the digest nor a tag that stands for that one.
   */
  List<TagState> namesOf(PinState pin) {
    Optional<ImageState> image = catalog.imageByDag(pin.imageDag());
    boolean encrypted = image.filter(i -> i.mode().equals(Mode.ENCRYPTED.text())).isPresent();
    return image.map(ImageState::digest).map(catalog::namesOf).orElse(List.of()).stream()
        .filter(name -> !encrypted || (name.tag() != null && isEncrypted(name)))
        .toList();
  }

  private boolean isEncrypted(TagState name) {
    return rules
        .firstMatch(name.registry(), name.repository(), "")
        .settings()
        .modes()
        .contains(Mode.ENCRYPTED);
  }

  List<PinState> page(@Nullable String afterDag, int limit, boolean unfinishedOnly) {
    return unfinishedOnly ? catalog.pinsUnfinished(afterDag, limit) : catalog.pins(afterDag, limit);
  }
}
