package dev.longshore.app.query;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.watcher.Deliveries;
import dev.longshore.watcher.Deliveries.Seen;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Notifications that came to this process, for people who set up their senders. */
final class Received {
  private Received() {}

  /** Every one that is still known. */
  static ObjectNode json(Deliveries deliveries) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    put(deliveries.last(), answer.putArray("last"));
    put(deliveries.notUnderstood(), answer.putArray("notUnderstood"));
    return answer;
  }

  /** What was not understood, by registry and sender: how often, and the last. */
  static List<String> problems(List<Seen> notUnderstood) {
    Map<String, List<Seen>> bySender = new LinkedHashMap<>();
    for (Seen seen : notUnderstood) {
      bySender
          .computeIfAbsent(seen.sender() + " for " + seen.registry(), _ -> new ArrayList<>())
          .add(seen);
    }
    return bySender.entrySet().stream()
        .map(
            each ->
                "%s: %d not understood, the last at %s: %s"
                    .formatted(
                        each.getKey(),
                        each.getValue().size(),
                        each.getValue().getLast().at(),
                        each.getValue().getLast().what()))
        .toList();
  }

  static void put(List<Seen> all, ArrayNode list) {
    for (Seen seen : all) {
      ArrayNode images =
          list.addObject()
              .put("number", seen.number())
              .put("at", seen.at().toString())
              .put("registry", seen.registry())
              .put("sender", seen.sender())
              .put("outcome", seen.outcome().name().toLowerCase(Locale.ROOT).replace('_', '-'))
              .put("what", seen.what())
              .putArray("images");
      seen.images().forEach(images::add);
    }
  }
}
