package dev.longshore.app.decision;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.decision.Forgetting.Undoing;
import dev.longshore.events.DecisionState;
import dev.longshore.events.TagState;
import dev.longshore.model.Digest;
import dev.longshore.model.Excerpt;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What comes back with an undo, for people and for machines.
 *
 * @param done whether it was taken back; else this is what would come of it
 */
public record UndoView(String asked, Undoing undoing, boolean done) {
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    undoing
        .decisions()
        .forEach(one -> lines.add((done ? "taken back: " : "would be taken back: ") + one.id()));
    undoing.names().forEach(name -> lines.add("  name     " + name.key() + " is converted again"));
    Set<Digest> current = current();
    for (Digest digest : undoing.digests()) {
      lines.add(
          "  digest   %s is refused no longer%s"
              .formatted(
                  digest,
                  current.contains(digest)
                      ? ""
                      : ", but no name points to it now: it does not come back by itself;"
                          + " 'longshore push NAME@DIGEST' asks for it"));
    }
    return lines.stream().map(Excerpt::line).toList();
  }

  private Set<Digest> current() {
    return undoing.names().stream().map(TagState::digest).collect(Collectors.toSet());
  }

  public ObjectNode json() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("asked", asked).put("done", done);
    texts(node.putArray("decisions"), undoing.decisions().stream().map(DecisionState::id).toList());
    texts(node.putArray("names"), undoing.names().stream().map(TagState::key).toList());
    texts(node.putArray("digests"), undoing.digests());
    Set<Digest> current = current();
    texts(
        node.putArray("former"),
        undoing.digests().stream().filter(digest -> !current.contains(digest)).toList());
    return node;
  }

  private static void texts(ArrayNode list, List<?> texts) {
    texts.forEach(text -> list.add(text.toString()));
  }
}
