package dev.longshore.app.ops;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.catalog.Catalog;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Whether the page knows what Kafka holds: a page that shows nothing, or what was an hour ago, and
 * does not say so, tells that all is well.
 *
 * @param problem why nothing newer is read now
 */
record Reading(Catalog catalog, Supplier<Optional<String>> problem) {
  boolean isWhole() {
    return catalog.isWhole();
  }

  /** Adds it to a view. */
  void put(ObjectNode view) {
    view.putObject("reading").put("whole", isWhole()).put("problem", problem.get().orElse(null));
  }
}
