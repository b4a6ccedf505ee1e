package dev.longshore.app.query;

import dev.longshore.app.query.find.Found.Conversion;
import dev.longshore.model.ModeName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Conversions of two images that can be compared: in the same mode, and by the same recipe if there
 * is one.
 */
final class ModePairs {
  private ModePairs() {}

  /** Two conversions in one mode. */
  record Pair(Conversion has, Conversion wants) {}

  /**
   * A pair for each mode that both have.
   *
   * @param mode the only mode wanted; all if null
   */
  static List<Pair> of(List<Conversion> has, List<Conversion> wants, @Nullable String mode) {
    var pairs = new ArrayList<Pair>();
    for (ModeName each : modes(wants)) {
      if (mode == null || each.text().equals(mode)) {
        Optional<Conversion> newest = newest(wants, each);
        newest.flatMap(to -> like(has, to).map(from -> new Pair(from, to))).ifPresent(pairs::add);
      }
    }
    return pairs;
  }

  /** The counterpart of the conversion. */
  static Optional<Conversion> like(List<Conversion> all, Conversion one) {
    return all.stream()
        .filter(other -> other.image().recipe().equals(one.image().recipe()))
        .findFirst()
        .or(() -> newest(all, one.image().mode()));
  }

  private static Optional<Conversion> newest(List<Conversion> all, ModeName mode) {
    return all.stream()
        .filter(one -> one.image().mode().equals(mode))
        .max(Comparator.comparing(one -> one.image().convertedAt()));
  }

  private static Set<ModeName> modes(List<Conversion> conversions) {
    var modes = new LinkedHashSet<ModeName>();
    conversions.forEach(conversion -> modes.add(conversion.image().mode()));
    return modes;
  }
}
