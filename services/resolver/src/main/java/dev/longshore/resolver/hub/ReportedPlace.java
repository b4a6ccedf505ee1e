package dev.longshore.resolver.hub;

import dev.longshore.catalog.ServedPlace;
import java.util.Optional;

/** How far a site had come when it reported. */
public final class ReportedPlace {
  private ReportedPlace() {}

  /**
   * What the site knew of topic {@code served}; empty if it was in the middle of a snapshot, or a
   * hub of another release told it.
   *
   * @param cursor of its report
   */
  public static Optional<ServedPlace> of(String cursor) {
    return Cursor.parse(cursor)
        .filter(read -> read.key() == null)
        .map(read -> new ServedPlace(read.topic(), read.offsets()));
  }
}
