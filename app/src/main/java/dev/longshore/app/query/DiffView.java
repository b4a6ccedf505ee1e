package dev.longshore.app.query;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.query.find.Brief;
import dev.longshore.app.query.find.Sizes;
import dev.longshore.ipfs.reader.BlockSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Differences between images, for people and for machines. */
final class DiffView {
  private DiffView() {}

  static List<String> lines(ImageDiff diff) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s  %s (%s) -> %s (%s)"
            .formatted(
                diff.mode(),
                Brief.digest(diff.has().image().servedDigest()),
                Sizes.text(diff.has().bytes()),
                Brief.digest(diff.wants().image().servedDigest()),
                Sizes.text(diff.wants().bytes())));
    int number = 0;
    for (ImageDiff.Layer layer : diff.layers()) {
      number++;
      lines.add(
          "  layer %d/%d  %s  %9s: %s"
              .formatted(
                  number,
                  diff.layers().size(),
                  Brief.digest(layer.blob().digest()),
                  Sizes.text(layer.blob().size()),
                  text(layer.share())));
    }
    lines.add("  in sum: " + text(diff.sum()));
    return lines;
  }

  /** What is new, and what is shared. */
  static String text(BlockSet.Share share) {
    return needs(share)
        + ", shared %s in %d blocks"
            .formatted(Sizes.text(share.sharedBytes()), share.sharedBlocks());
  }

  /** What is new, and its share of the whole. */
  static String needs(BlockSet.Share share) {
    long all = share.newBytes() + share.sharedBytes();
    double percent = all == 0 ? 0 : 100.0 * share.newBytes() / all;
    return String.format(
        Locale.ROOT,
        "new %s in %d blocks (%.1f %%)",
        Sizes.text(share.newBytes()),
        share.newBlocks(),
        percent);
  }

  static ObjectNode json(String has, String wants, List<ImageDiff> diffs) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.put("has", has).put("wants", wants);
    var modes = answer.putArray("modes");
    for (ImageDiff diff : diffs) {
      ObjectNode node = modes.addObject().put("mode", diff.mode().text());
      fill(node.putObject("has"), diff.has());
      fill(node.putObject("wants"), diff.wants());
      fill(node, diff.sum());
      var layers = node.putArray("layers");
      for (ImageDiff.Layer layer : diff.layers()) {
        ObjectNode one =
            layers
                .addObject()
                .put("digest", layer.blob().digest().toString())
                .put("bytes", layer.blob().size());
        fill(one, layer.share());
      }
    }
    return answer;
  }

  private static void fill(ObjectNode node, ImageDiff.Side side) {
    node.put("digest", side.image().servedDigest().toString())
        .put("imageDag", side.image().imageDag().toString())
        .put("blocks", side.blocks())
        .put("blockBytes", side.bytes());
  }

  static void fill(ObjectNode node, BlockSet.Share share) {
    node.put("newBlocks", share.newBlocks())
        .put("newBytes", share.newBytes())
        .put("sharedBlocks", share.sharedBlocks())
        .put("sharedBytes", share.sharedBytes());
  }
}
