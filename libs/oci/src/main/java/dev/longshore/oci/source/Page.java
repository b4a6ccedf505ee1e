package dev.longshore.oci.source;

import dev.longshore.oci.RegistryException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A page of a listing.
 *
 * @param next opaque start of the next page; empty after the last
 */
public record Page(List<String> items, Optional<String> next) {
  /** The cursor of the first page. */
  public static final String START = "";

  public Page {
    items = List.copyOf(items);
  }

  /** Reads one page of a listing. */
  @FunctionalInterface
  public interface Fetch {
    Page from(String cursor) throws RegistryException;
  }

  /**
   * Reads a listing to its end.
   *
   * @param limit most items; a longer listing is a {@link RegistryException.Kind#LIMIT}
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
