package dev.longshore.oci;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Part of a listing.
 *
 * @param next where the next part starts, opaque; empty after the last part
 */
public record Page(List<String> items, Optional<String> next) {
  /** The cursor of the first part. */
  public static final String START = "";

  public Page {
    items = List.copyOf(items);
  }

  /** One step of a listing. */
  @FunctionalInterface
  public interface Fetch {
    Page from(String cursor) throws RegistryException;
  }

  /**
   * Reads a listing to its end.
   *
   * @param limit items; a longer listing is a {@link RegistryException.Kind#LIMIT}
   */
  public static List<String> all(RegistryException.Attempt attempt, int limit, Fetch fetch)
      throws RegistryException {
    var items = new ArrayList<String>();
    Optional<String> cursor = Optional.of(START);
    while (cursor.isPresent()) {
      Page page = fetch.from(cursor.get());
      items.addAll(page.items);
      boolean stuck = page.next.equals(cursor) || (page.items.isEmpty() && page.next.isPresent());
      if (items.size() > limit || stuck) {
        String reason = stuck ? "the listing does not advance" : "more than " + limit + " entries";
        throw attempt.failed(RegistryException.Kind.LIMIT, reason);
      }
      cursor = page.next;
    }
    return items;
  }
}
