package dev.longshore.resolver.hub;

import dev.longshore.catalog.ServedPlace;
import java.util.Optional;

/** How far a site had come when it reported. */
public final class ReportedPlace {
  private ReportedPlace() {}

  /**
   * The site's position in topic {@code served}; empty in the middle of a snapshot, or if the
   * cursor is of another release.
   *
   * @param cursor of its report
   */
  public static Optional<ServedPlace> of(String cursor) {
    return Cursor.parse(cursor)
        .filter(read -> read.key() == null)
        .map(read -> new ServedPlace(read.topic(), read.offsets()));
  }
}
