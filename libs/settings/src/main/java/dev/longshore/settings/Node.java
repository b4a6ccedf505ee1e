package dev.longshore.settings;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The configuration as written, before interpretation; each node knows its origin. */
sealed interface Node {
  ValueOrigin origin();

  /** Text, of whatever type. */
  record Scalar(String text, ValueOrigin origin) implements Node {}

  /** A key without a value. */
  record Nothing(ValueOrigin origin) implements Node {}

  record Listing(List<Node> items, ValueOrigin origin) implements Node {}

  /** Keys with values; the section owns the map, and overrides write into it. */
  record Section(Map<String, Node> fields, ValueOrigin origin) implements Node {
    static Section empty(ValueOrigin origin) {
      return new Section(new LinkedHashMap<>(), origin);
    }

    /** This section's fields, and those of the other that this one lacks. */
    Section over(Section defaults) {
      Map<String, Node> merged = new LinkedHashMap<>(defaults.fields);
      merged.putAll(fields);
      return new Section(merged, origin);
    }
  }

  default String kind() {
    return switch (this) {
      case Scalar _ -> "a value";
      case Nothing _ -> "nothing";
      case Listing _ -> "a list";
      case Section _ -> "a section";
    };
  }
}
