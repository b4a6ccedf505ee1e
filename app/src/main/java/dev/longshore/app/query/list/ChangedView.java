package dev.longshore.app.query.list;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.query.Guards;
import dev.longshore.model.PeerName;
import java.util.stream.Collectors;

/** A guard of changed settings, as {@code guard list} shows it. */
public final class ChangedView {
  private ChangedView() {}

  public static String line(Guards.Changed changed) {
    boolean isMove = changed.left().isEmpty();
    String what =
        isMove
            ? "%d of %d images would lose copies, as rules or labels changed"
                .formatted(changed.count(), changed.of())
            : "%d of %d peers are not in the settings any more: %s"
                .formatted(
                    changed.count(),
                    changed.of(),
                    changed.left().stream().map(PeerName::text).collect(Collectors.joining(", ")));
    String confirm = "'longshore guard confirm " + changed.id() + " --reason TEXT' ";
    String next =
        changed.confirmed()
            ? (isMove ? "they do" : "their copies are made elsewhere") + ", as was confirmed"
            : isMove
                ? "'longshore plan moves' lists them, " + confirm + "lets the copies go"
                : "their copies count; " + confirm + "has them made elsewhere";
    return changed.id() + "  " + what + "; " + next;
  }

  public static void put(ObjectNode node, Guards.Changed changed) {
    boolean isMove = changed.left().isEmpty();
    node.put("id", changed.id())
        .put("cause", isMove ? "rules or labels changed" : "peers left the settings")
        .put("count", changed.count())
        .put("of", changed.of())
        .put("confirmed", changed.confirmed());
    if (!isMove) {
      changed.left().stream().map(PeerName::text).forEach(node.withArray("peers")::add);
    }
  }
}
