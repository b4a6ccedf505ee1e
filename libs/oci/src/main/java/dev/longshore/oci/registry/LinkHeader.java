package dev.longshore.oci.registry;

import java.util.List;
import java.util.Optional;

/**
 * The next page of a listing (RFC 8288), from a header such as {@code </v2/..?n=2>; rel="next"}.
 */
final class LinkHeader {
  private LinkHeader() {}

  /** Only the query: host and path stay ours, whatever the server sends. */
  static Optional<String> nextQuery(List<String> headers) {
    for (String header : headers) {
      int open = header.indexOf('<');
      int close = header.indexOf('>', open + 1);
      if (open >= 0 && close > open && isNext(header.substring(close + 1))) {
        String target = header.substring(open + 1, close);
        int query = target.indexOf('?');
        return query < 0 ? Optional.empty() : Optional.of(target.substring(query + 1));
      }
    }
    return Optional.empty();
  }

  private static boolean isNext(String parameters) {
    String compact = parameters.replace(" ", "").replace("\"", "");
    return compact.startsWith(";rel=next") || compact.contains(";rel=next;");
  }
}
