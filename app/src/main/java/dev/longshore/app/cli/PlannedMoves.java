package dev.longshore.app.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.query.Sizes;
import dev.longshore.model.PeerName;
import dev.longshore.pinner.MovePlan.Move;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Moves of copies as {@code plan moves} shows them: each image, and what each peer gets and loses.
 */
final class PlannedMoves {
  /** Images that people see; the sums count all. */
  private static final int SHOWN = 20;

  private final List<Move> moves = new ArrayList<>();
  private final Map<String, Sum> to = new TreeMap<>();
  private final Map<String, Sum> from = new TreeMap<>();
  private int missing;

  private record Sum(int copies, long bytes) {
    Sum and(Sum other) {
      return new Sum(copies + other.copies, bytes + other.bytes);
    }
  }

  void add(Move move) {
    moves.add(move);
    Sum one = new Sum(1, move.bytes());
    move.to().forEach(peer -> to.merge(peer.text(), one, Sum::and));
    move.from().forEach(peer -> from.merge(peer.text(), one, Sum::and));
    missing += move.missing() > 0 ? 1 : 0;
  }

  /** Whether there is a peer for each copy. */
  boolean isPossible() {
    return missing == 0;
  }

  List<String> lines() {
    if (moves.isEmpty()) {
      return List.of("nothing would move");
    }
    List<String> lines = new ArrayList<>();
    moves.stream().limit(SHOWN).map(PlannedMoves::line).forEach(lines::add);
    if (moves.size() > SHOWN) {
      lines.add("... and %d more images; --json has all".formatted(moves.size() - SHOWN));
    }
    to.forEach((peer, sum) -> lines.add("%s gets %s".formatted(peer, text(sum))));
    from.forEach((peer, sum) -> lines.add("%s loses %s".formatted(peer, text(sum))));
    if (missing > 0) {
      lines.add("images for which there are too few peers: %d".formatted(missing));
    }
    return lines;
  }

  private static String line(Move move) {
    return "%s %s, %s%s%s%s"
        .formatted(
            move.image().map(image -> image.name().toString()).orElse("?"),
            move.dag(),
            Sizes.text(move.bytes()),
            peers(", to ", move.to()),
            peers(", off ", move.from()),
            move.missing() == 0 ? "" : ", no peer for %d".formatted(move.missing()));
  }

  private static String peers(String what, List<PeerName> peers) {
    return peers.isEmpty()
        ? ""
        : what + peers.stream().map(PeerName::text).collect(Collectors.joining(", "));
  }

  private static String text(Sum sum) {
    return "%d copies, %s".formatted(sum.copies(), Sizes.text(sum.bytes()));
  }

  void put(ObjectNode answer) {
    answer.put("possible", isPossible());
    ArrayNode images = answer.putArray("moves");
    for (Move move : moves) {
      ObjectNode entry = images.addObject().put("imageDag", move.dag().toString());
      move.image().ifPresent(image -> entry.put("name", image.name().toString()));
      entry.put("bytes", move.bytes());
      move.to().forEach(peer -> entry.withArray("to").add(peer.text()));
      move.from().forEach(peer -> entry.withArray("from").add(peer.text()));
      entry.put("missing", move.missing());
    }
    put(answer.putArray("gets"), to);
    put(answer.putArray("loses"), from);
  }

  private static void put(ArrayNode list, Map<String, Sum> sums) {
    sums.forEach(
        (peer, sum) ->
            list.addObject()
                .put("peer", peer)
                .put("copies", sum.copies())
                .put("bytes", sum.bytes()));
  }
}
