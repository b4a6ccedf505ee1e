package dev.longshore.app.query;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.query.find.Found;
import dev.longshore.app.query.find.Found.Conversion;
import dev.longshore.app.query.find.Sizes;
import dev.longshore.app.query.find.TimeText;
import dev.longshore.catalog.PeerCopy;
import dev.longshore.events.ImageState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What is known about an image, for people and for machines. */
public final class FoundView {
  private FoundView() {}

  static List<String> lines(Found found) {
    List<String> lines = new ArrayList<>();
    lines.add(found.asked());
    if (found.digest() != null) {
      lines.add("  digest     " + found.digest());
    }
    if (found.tag() != null) {
      lines.add(
          "  hinted     "
              + TimeText.text(found.tag().hintedAt())
              + " by "
              + lower(found.tag().origin()));
      lines.add(
          "  observed   "
              + TimeText.text(found.tag().observedAt())
              + (found.tag().deleted() ? ", since deleted at its source" : ""));
    } else {
      found.names().forEach(name -> lines.add("  name       " + name));
    }
    if (found.conversions().isEmpty()) {
      lines.add("  not converted so far ('longshore why' tells what it waits for)");
    }
    found.conversions().forEach(conversion -> add(lines, conversion));
    return lines;
  }

  private static void add(List<String> lines, Conversion conversion) {
    ImageState image = conversion.image();
    lines.add("  " + image.mode());
    if (image.ownDigest() != null) {
      lines.add("    digest     " + image.ownDigest());
    }
    lines.add("    root       " + image.root() + "  (ipfs://)");
    lines.add("    image DAG  " + image.imageDag());
    lines.add(
        "    content    %d blobs, %s%s"
            .formatted(image.blobs(), Sizes.text(image.bytes()), platforms(image)));
    image.missing().forEach(blob -> lines.add("    missing    " + blob));
    lines.add("    converted  " + TimeText.text(image.convertedAt()));
    lines.add("    copies     " + conversion.copiesText());
    conversion.copies().forEach(copy -> lines.add("      " + text(copy)));
  }

  private static String platforms(ImageState image) {
    return image.platforms().isEmpty() ? "" : ", " + String.join(" ", image.platforms());
  }

  static String text(PeerCopy copy) {
    return "%s (%s) %s since %s%s"
        .formatted(
            copy.peer(),
            copy.zone(),
            lower(copy.state()),
            TimeText.text(copy.changedAt()),
            copy.error() == null ? "" : ": " + copy.error());
  }

  public static ObjectNode json(Found found) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.put("asked", found.asked());
    answer.put("digest", found.digest() == null ? null : found.digest().toString());
    var names = answer.putArray("names");
    found.names().forEach(names::add);
    if (found.tag() != null) {
      answer.put("hintedAt", found.tag().hintedAt().toString());
      answer.put("observedAt", found.tag().observedAt().toString());
      answer.put("origin", lower(found.tag().origin()));
      answer.put("deleted", found.tag().deleted());
    }
    answer.put("complete", found.exitCode() == ExitCode.COMPLETE);
    found.shows().fill(answer);
    var conversions = answer.putArray("conversions");
    found.conversions().forEach(conversion -> fill(conversions.addObject(), conversion));
    return answer;
  }

  private static void fill(ObjectNode node, Conversion conversion) {
    ImageState image = conversion.image();
    node.put("mode", image.mode().text())
        .put("digest", image.servedDigest().toString())
        .put("root", image.root().toString())
        .put("imageDag", image.imageDag().toString())
        .put("mediaType", image.mediaType())
        .put("blobs", image.blobs())
        .put("bytes", image.bytes())
        .put("convertedAt", image.convertedAt().toString())
        .put("complete", conversion.complete())
        .put("verified", conversion.verified());
    var platforms = node.putArray("platforms");
    image.platforms().forEach(platforms::add);
    var missing = node.putArray("missing");
    image.missing().forEach(digest -> missing.add(digest.toString()));
    conversion.pin().ifPresent(pin -> node.put("wanted", pin.wanted()));
    var copies = node.putArray("copies");
    conversion.copies().forEach(copy -> fill(copies.addObject(), copy));
  }

  private static void fill(ObjectNode node, PeerCopy copy) {
    node.put("peer", copy.peer().text())
        .put("site", copy.zone())
        .put("peerId", copy.peerId())
        .put("status", lower(copy.status()))
        .put("state", lower(copy.state()))
        .put("bytes", copy.bytes())
        .put("error", copy.error())
        .put("changedAt", copy.changedAt().toString());
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
