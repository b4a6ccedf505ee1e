package dev.longshore.app.query.list;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.longshore.app.query.find.Sizes;
import dev.longshore.model.PeerName;
import dev.longshore.pinner.MovePlan.Move;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Moves of copies as {@code plan moves} shows them: each image, and what each peer gets and loses.
 * Images are streamed, since a joining peer may move a million.
 */
public final class PlannedMoves {
  /** Images that people see; the sums count all. */
  private static final int SHOWN = 20;

  private final Map<String, Sum> to = new TreeMap<>();
  private final Map<String, Sum> from = new TreeMap<>();
  private int count;
  private int missing;

  private record Sum(int copies, long bytes) {
    Sum and(Sum other) {
      return new Sum(copies + other.copies, bytes + other.bytes);
    }
  }

  /** For people, a line each; they see the first ones. */
  public void tell(Move move, Consumer<String> out) {
    add(move);
    if (count <= SHOWN) {
      out.accept(line(move));
    }
  }

  /** For programs, which get all. */
  public void tell(Move move, JsonGenerator out) {
    add(move);
    try {
      write(move, out);
    } catch (IOException e) {
      throw new UncheckedIOException("an image's moves cannot be written", e);
    }
  }

  private void add(Move move) {
    count++;
    Sum one = new Sum(1, move.bytes());
    move.to().forEach(peer -> to.merge(peer.text(), one, Sum::and));
    move.from().forEach(peer -> from.merge(peer.text(), one, Sum::and));
    missing += move.missing() > 0 ? 1 : 0;
  }

  /** Whether there is a peer for each copy. */
  public boolean isPossible() {
    return missing == 0;
  }

  /** The lines that follow those of the images. */
  public List<String> sums() {
    if (count == 0) {
      return List.of("nothing would move");
    }
    List<String> lines = new ArrayList<>();
    if (count > SHOWN) {
      lines.add("... and %d more images; --json has all".formatted(count - SHOWN));
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
            move.name().map(Object::toString).orElse("?"),
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

  private static void write(Move move, JsonGenerator out) throws IOException {
    out.writeStartObject();
    out.writeStringField("imageDag", move.dag().toString());
    if (move.name().isPresent()) {
      out.writeStringField("name", move.name().get().toString());
    }
    out.writeNumberField("bytes", move.bytes());
    write("to", move.to(), out);
    write("from", move.from(), out);
    out.writeNumberField("missing", move.missing());
    out.writeEndObject();
  }

  private static void write(String field, List<PeerName> peers, JsonGenerator out)
      throws IOException {
    if (!peers.isEmpty()) {
      out.writeArrayFieldStart(field);
      for (PeerName peer : peers) {
        out.writeString(peer.text());
      }
      out.writeEndArray();
    }
  }

  /** The fields that follow the list of images. */
  public void writeSums(JsonGenerator out) throws IOException {
    write("gets", to, out);
    write("loses", from, out);
    out.writeBooleanField("possible", isPossible());
  }

  private static void write(String field, Map<String, Sum> sums, JsonGenerator out)
      throws IOException {
    out.writeArrayFieldStart(field);
    for (Map.Entry<String, Sum> sum : sums.entrySet()) {
      out.writeStartObject();
      out.writeStringField("peer", sum.getKey());
      out.writeNumberField("copies", sum.getValue().copies());
      out.writeNumberField("bytes", sum.getValue().bytes());
      out.writeEndObject();
    }
    out.writeEndArray();
  }
}
