package dev.longshore.app.query;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.query.find.Brief;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.query.find.Found;
import dev.longshore.app.query.find.Found.Conversion;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.app.query.find.Sizes;
import dev.longshore.catalog.Catalog;
import dev.longshore.events.TagState;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.reader.BlockSet;
import dev.longshore.model.Digest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One image in each of its modes: its size, and what an edge with the previous version still needs.
 */
record NameStatus(Found found, List<InMode> modes) {
  /** For all modes together: people run {@code status} again and again. */
  private static final Duration COUNTING = Duration.ofSeconds(2);

  NameStatus {
    modes = List.copyOf(modes);
  }

  /**
   * A mode.
   *
   * @param before the newest earlier version of the tag that has this mode; null if there is none
   */
  record InMode(Conversion conversion, @Nullable Before before) {}

  /**
   * The previous version.
   *
   * @param digest source digest
   * @param needs null if it could not be counted in time
   * @param problem why not
   */
  record Before(Digest digest, BlockSet.@Nullable Share needs, @Nullable String problem) {}

  /** Examines all modes; counts blocks for at most two seconds. */
  static NameStatus of(Found found, Catalog catalog, ImageDiff.Sources sources) {
    Deadline deadline = Deadline.after(COUNTING);
    List<InMode> modes = new ArrayList<>();
    for (Conversion conversion : found.conversions()) {
      modes.add(
          new InMode(conversion, before(found.tag(), conversion, catalog, sources, deadline)));
    }
    return new NameStatus(found, modes);
  }

  private static @Nullable Before before(
      @Nullable TagState tag,
      Conversion now,
      Catalog catalog,
      ImageDiff.Sources sources,
      Deadline deadline) {
    if (tag == null) {
      return null;
    }
    for (Digest digest : tag.previous()) {
      List<Conversion> then =
          catalog.conversions().forRepository(tag.name(), digest).stream()
              .map(image -> Conversion.of(image, catalog))
              .toList();
      Optional<Conversion> like = ModePairs.like(then, now);
      if (like.isPresent()) {
        return counted(digest, like.get(), now, sources, deadline);
      }
    }
    return null;
  }

  private static Before counted(
      Digest digest,
      Conversion then,
      Conversion now,
      ImageDiff.Sources sources,
      Deadline deadline) {
    try {
      return new Before(digest, ImageDiff.sum(then, now, sources, deadline), null);
    } catch (QueryException e) {
      return new Before(digest, null, e.getMessage());
    }
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(found.asked());
    if (modes.isEmpty()) {
      lines.add("  not converted so far ('longshore why' tells what it waits for)");
    }
    for (InMode mode : modes) {
      lines.add(
          "  %-9s %s in %d blobs, copies %s"
              .formatted(
                  mode.conversion().image().mode(),
                  Sizes.text(mode.conversion().image().bytes()),
                  mode.conversion().image().blobs(),
                  mode.conversion().copiesText()));
      if (mode.before() != null) {
        lines.add(" ".repeat(12) + text(mode.before()));
      }
    }
    if (found.tag() != null) {
      found.shows().lines(found.digest()).forEach(line -> lines.add("  shows     " + line));
    }
    return lines;
  }

  private static String text(Before before) {
    String edge = "for an edge that has " + Brief.digest(before.digest()) + ": ";
    return before.needs() == null
        ? edge + "not known: " + before.problem()
        : edge + DiffView.needs(before.needs());
  }

  ObjectNode json() {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.put("asked", found.asked());
    answer.put("digest", found.digest() == null ? null : found.digest().toString());
    answer.put("complete", found.exitCode() == ExitCode.COMPLETE);
    found.shows().fill(answer);
    var all = answer.putArray("modes");
    for (InMode mode : modes) {
      Conversion conversion = mode.conversion();
      ObjectNode node =
          all.addObject()
              .put("mode", conversion.image().mode().text())
              .put("digest", conversion.image().servedDigest().toString())
              .put("imageDag", conversion.image().imageDag().toString())
              .put("bytes", conversion.image().bytes())
              .put("blobs", conversion.image().blobs())
              .put("verified", conversion.verified());
      conversion.pin().ifPresent(pin -> node.put("wanted", pin.wanted()));
      Before before = mode.before();
      if (before != null) {
        ObjectNode since = node.putObject("since").put("digest", before.digest().toString());
        if (before.needs() != null) {
          DiffView.fill(since, before.needs());
        }
        since.put("problem", before.problem());
      }
    }
    return answer;
  }
}
