package dev.longshore.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A range of semantic versions: comparators ({@code >=1.2 <2}, {@code ^1.2.3}, {@code ~1.2}, {@code
 * 1.x}) that must all hold, with alternatives separated by {@code ||}. It includes a pre-release
 * only if one of the comparators names a pre-release of the same version, as in npm and Cargo.
 */
final class SemverRange {
  /** Longer ones are mistakes. */
  private static final int LONGEST = 256;

  private final List<List<Bound>> alternatives;

  private SemverRange(List<List<Bound>> alternatives) {
    this.alternatives = alternatives;
  }

  private enum Relation {
    BELOW,
    AT_MOST,
    AT_LEAST,
    ABOVE
  }

  private record Bound(Relation relation, SemanticVersion version) {
    boolean holds(SemanticVersion other) {
      int order = other.compareTo(version);
      return switch (relation) {
        case BELOW -> order < 0;
        case AT_MOST -> order <= 0;
        case AT_LEAST -> order >= 0;
        case ABOVE -> order > 0;
      };
    }
  }

  /**
   * Parses a range.
   *
   * @throws IllegalArgumentException when it is invalid
   */
  static SemverRange parse(String text) {
    if (text.isBlank() || text.length() > LONGEST) {
      throw new IllegalArgumentException(
          "range of " + text.length() + " characters (expected: 1 to " + LONGEST + ")");
    }
    var alternatives = new ArrayList<List<Bound>>();
    for (String alternative : text.split("\\|\\|", -1)) {
      var bounds = new ArrayList<Bound>();
      for (String comparator : joined(alternative).split("\\s+", -1)) {
        add(comparator, bounds);
      }
      alternatives.add(List.copyOf(bounds));
    }
    return new SemverRange(alternatives);
  }

  /** A space may separate an operator from its version. */
  private static String joined(String alternative) {
    return alternative.strip().replaceAll("([<>=^~])\\s+", "$1");
  }

  private static void add(String comparator, List<Bound> bounds) {
    String operator = comparator.replaceAll("[^<>=^~].*", "");
    String text = comparator.substring(operator.length());
    SemanticVersion.Partial partial =
        SemanticVersion.Partial.parse(text).orElseThrow(() -> refused(comparator));
    SemanticVersion lowest = partial.lowest();
    switch (operator) {
      case "", "=" -> within(lowest, partial.isWhole() ? null : partial.next(), bounds);
      case "^" -> within(lowest, partial.nextBreaking(), bounds);
      case "~" -> within(lowest, partial.nextMinor(), bounds);
      case ">=" -> bounds.add(new Bound(Relation.AT_LEAST, lowest));
      case "<" -> bounds.add(new Bound(Relation.BELOW, lowest));
      case ">" ->
          bounds.add(
              partial.isWhole()
                  ? new Bound(Relation.ABOVE, lowest)
                  : new Bound(Relation.AT_LEAST, partial.next()));
      case "<=" ->
          bounds.add(
              partial.isWhole()
                  ? new Bound(Relation.AT_MOST, lowest)
                  : new Bound(Relation.BELOW, partial.next()));
      default -> throw refused(comparator);
    }
  }

  /** From a version up to another one, or only that version. */
  private static void within(
      SemanticVersion lowest, @Nullable SemanticVersion end, List<Bound> bounds) {
    bounds.add(new Bound(Relation.AT_LEAST, lowest));
    bounds.add(end == null ? new Bound(Relation.AT_MOST, lowest) : new Bound(Relation.BELOW, end));
  }

  private static IllegalArgumentException refused(String comparator) {
    return new IllegalArgumentException(
        "\"" + comparator + "\" (expected: comparators such as >=1.2 <2, ^1.2.3, ~1.2 or 1.x)");
  }

  /** Whether the tag is a version, with or without a {@code v}, and within the range. */
  boolean contains(String tag) {
    Optional<SemanticVersion> version = SemanticVersion.ofTag(tag);
    return version.isPresent() && alternatives.stream().anyMatch(a -> allHold(a, version.get()));
  }

  private static boolean allHold(List<Bound> bounds, SemanticVersion version) {
    return bounds.stream().allMatch(bound -> bound.holds(version))
        && (!version.isPreRelease()
            || bounds.stream()
                .map(Bound::version)
                .anyMatch(named -> named.isPreRelease() && named.sameRelease(version)));
  }
}
