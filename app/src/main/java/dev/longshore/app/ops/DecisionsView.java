package dev.longshore.app.ops;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.catalog.Catalog;
import dev.longshore.events.Decision;
import dev.longshore.events.Decision.Confirm;
import dev.longshore.events.Decision.Drain;
import dev.longshore.events.Decision.Forget;
import dev.longshore.events.Decision.Hold;
import dev.longshore.events.Decision.Rest;
import dev.longshore.events.DecisionState;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The decisions that stand, the newest first. */
final class DecisionsView {
  /** Of each kind that are looked at, and of all that are shown. */
  private static final int MOST = 10_000;

  private static final int LISTED = 200;

  private DecisionsView() {}

  static ObjectNode json(Catalog catalog) {
    List<DecisionState> standing =
        Stream.of(Forget.class, Hold.class, Drain.class, Confirm.class, Rest.class)
            .flatMap(kind -> catalog.decisions().standing(kind, null, MOST).stream())
            .sorted(Comparator.comparing(DecisionState::decidedAt).reversed())
            .toList();
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.put("count", standing.size());
    var list = answer.putArray("listed");
    standing.stream().limit(LISTED).forEach(one -> list.add(json(one)));
    return answer;
  }

  private static ObjectNode json(DecisionState decision) {
    ObjectNode node =
        JsonNodeFactory.instance
            .objectNode()
            .put("id", decision.id())
            .put("by", decision.by())
            .put("reason", decision.reason())
            .put("decidedAt", decision.decidedAt().toString());
    if (decision.until() != null) {
      node.put("until", decision.until().toString());
    }
    decision.decision().ifPresent(what -> put(node, what));
    return node;
  }

  private static void put(ObjectNode node, Decision what) {
    switch (what) {
      case Forget forget ->
          node.put("kind", "forget")
              .put("about", forget.reference())
              .put("digests", forget.digests().size())
              .put(
                  "digest",
                  forget.digests().isEmpty() ? null : forget.digests().getFirst().toString());
      case Hold hold ->
          node.put("kind", "hold")
              .put("about", String.valueOf(hold.peer() == null ? hold.site() : hold.peer()));
      case Drain drain ->
          node.put("kind", "drain")
              .put("about", drain.peer().text())
              .put("to", drain.to() == null ? null : drain.to().text());
      case Confirm confirm ->
          node.put("kind", "confirm").put("about", confirm.guard()).put("count", confirm.count());
      case Rest rest -> node.put("kind", "rest").put("about", rest.registry());
    }
  }
}
