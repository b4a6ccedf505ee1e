package dev.longshore.app.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.query.Queries;
import dev.longshore.app.query.find.QueryException;
import java.util.Objects;

/** Work that does not go on, with its reason and next try. */
final class FailuresView {
  private static final int LISTED = 200;

  private FailuresView() {}

  /**
   * @param permanent how many there are for good
   * @param passing how many are tried again
   */
  static ObjectNode json(Queries queries, long permanent, long passing)
      throws QueryException, InterruptedException {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.put("permanent", permanent).put("transient", passing);
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
