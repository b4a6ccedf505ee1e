package dev.longshore.app.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.query.Queries;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.Totals;
import java.util.Objects;

/** Work that does not go on, with its reason and next try. */
final class FailuresView {
  private static final int LISTED = 200;

  private FailuresView() {}

  static ObjectNode json(Queries queries, Catalog catalog)
      throws QueryException, InterruptedException {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    Totals totals = catalog.totals();
    answer
        .put("permanent", totals.permanentTroubles())
        .put("transient", totals.transientTroubles());
    answer.set("listed", list(queries, LISTED));
    return answer;
  }

  /** The newest; the times are left to the page, which shows them as they pass. */
  static ArrayNode list(Queries queries, int most) throws QueryException, InterruptedException {
    JsonNode answer = Objects.requireNonNull(queries.failures(most).json(), "always there");
    ArrayNode list = (ArrayNode) answer.path("failures");
    for (JsonNode failure : list) {
      if (failure.path("nextTry") instanceof ObjectNode next) {
        next.remove("inSeconds");
      }
    }
    return list;
  }
}
