package dev.longshore.app.query;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.query.find.Asked;
import dev.longshore.app.query.find.CatalogLookup;
import dev.longshore.app.query.find.Found;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.catalog.Catalog;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What is meant by a text that somebody typed: a name, or a part of one, a digest or its start, a
 * CID.
 *
 * @param exact what the whole text means, a name, digest or CID that is known
 * @param names those with the text in them
 * @param more whether there are more than these
 */
record Search(String asked, boolean exact, List<String> names, boolean more) {
  private static final Pattern DIGEST_START = Pattern.compile("(sha256:)?([0-9a-f]{6,64})");

  static Search of(String text, Catalog catalog, CatalogLookup lookup, int limit) {
    String asked = text.strip();
    boolean exact = false;
    List<String> names = new ArrayList<>();
    try {
      Found found = lookup.find(asked);
      exact = found.known();
      if (exact && !(Asked.of(asked) instanceof Asked.ByName)) {
        names.addAll(found.names());
      }
    } catch (QueryException notAName) {
      exact = false; // a part of one
    }
    if (asked.length() >= 2) {
      names.addAll(catalog.tags().containing(asked, limit + 1));
      var digest = DIGEST_START.matcher(asked.toLowerCase(Locale.ROOT));
      if (digest.matches()) {
        names.addAll(catalog.tags().digestsFrom("sha256:" + digest.group(2), limit + 1));
      }
    }
    List<String> all = names.stream().distinct().toList();
    return new Search(asked, exact, all.stream().limit(limit).toList(), all.size() > limit);
  }

  ObjectNode json() {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.put("asked", asked).put("exact", exact).put("more", more);
    names.forEach(answer.putArray("names")::add);
    return answer;
  }
}
