package dev.longshore.app.ops;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.longshore.catalog.Catalog;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinState;
import dev.longshore.events.TagState;
import dev.longshore.model.ImageDag;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Images with fewer verified copies than wanted, by name, those without any first. */
final class ShortImages {
  private static final int PAGE = 200;

  /** Unfinished ones to look through: some only wait for the ingest peer to let go. */
  private static final int LOOKED_THROUGH = 2_000;

  private ShortImages() {}

  static void put(Catalog catalog, ArrayNode list, int most) {
    for (PinState pin : worst(catalog, most)) {
      Optional<ImageState> image = catalog.conversions().firstByDag(pin.imageDag());
      Integer min = pin.min();
      list.addObject()
          .put("name", image.map(of -> name(catalog, of)).orElse(null))
          .put("mode", image.map(of -> of.mode().text()).orElse(null))
          .put("imageDag", pin.imageDag().toString())
          .put("verified", pin.verified())
          .put("min", min)
          .put("wanted", pin.wanted())
          .put("changedAt", pin.changedAt().toString())
          .put(
              "level",
              pin.verified() == 0
                  ? "none"
                  : min != null && pin.verified() < min ? "below-min" : "below-wanted");
    }
  }

  private static List<PinState> worst(Catalog catalog, int most) {
    Map<ImageDag, PinState> found = new LinkedHashMap<>();
    catalog.pins().below(1, null, most).forEach(pin -> found.put(pin.imageDag(), pin));
    List<PinState> others = new ArrayList<>();
    @Nullable ImageDag after = null;
    List<PinState> page;
    int looked = 0;
    do {
      page = catalog.pins().unfinished(after, PAGE);
      page.stream().filter(pin -> pin.verified() < pin.wanted()).forEach(others::add);
      after = page.isEmpty() ? null : page.getLast().imageDag();
      looked += page.size();
    } while (page.size() == PAGE && looked < LOOKED_THROUGH);
    others.stream()
        .sorted(Comparator.comparingInt(PinState::verified))
        .limit(most)
        .forEach(pin -> found.putIfAbsent(pin.imageDag(), pin));
    return found.values().stream().limit(most).toList();
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
