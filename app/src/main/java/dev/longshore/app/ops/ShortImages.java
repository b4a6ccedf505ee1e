package dev.longshore.app.ops;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.longshore.app.query.lag.ShortImage;
import dev.longshore.catalog.Catalog;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinState;
import dev.longshore.events.TagState;
import java.util.Optional;

/** Images with fewer verified copies than wanted, by name, the worst first. */
final class ShortImages {
  private ShortImages() {}

  static void put(Catalog catalog, ArrayNode list, int most) {
    for (PinState pin : catalog.pins().shortOfCopies(most)) {
      Optional<ImageState> image = catalog.conversions().firstByDag(pin.imageDag());
      Integer min = pin.min();
      ShortImage since = ShortImage.of(pin, catalog);
      list.addObject()
          .put("name", image.map(of -> name(catalog, of)).orElse(null))
          .put("mode", image.map(of -> of.mode().text()).orElse(null))
          .put("imageDag", pin.imageDag().toString())
          .put("verified", pin.verified())
          .put("min", min)
          .put("wanted", pin.wanted())
          .put("since", since.since().toString())
          .put("atLeast", since.isAtLeast())
          .put(
              "level",
              pin.verified() == 0
                  ? "none"
                  : min != null && pin.verified() < min ? "below-min" : "below-wanted");
    }
  }

  /** A tag that shows it, if there is one. */
  private static String name(Catalog catalog, ImageState image) {
    return catalog.tags().withDigest(image.digest()).stream()
        .filter(tag -> !tag.deleted() && tag.tag() != null && tag.digest().equals(image.digest()))
        .findFirst()
        .map(TagState::key)
        .orElseGet(() -> TagState.key(image.name(), image.digest()));
  }
}
