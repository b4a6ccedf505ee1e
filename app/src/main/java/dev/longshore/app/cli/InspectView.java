package dev.longshore.app.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.keyholder.InspectedImage;
import dev.longshore.app.keyholder.InspectedLayer;
import dev.longshore.app.query.find.Sizes;
import dev.longshore.model.Excerpt;
import dev.longshore.oci.MediaType;
import dev.longshore.ocicrypt.KeyPacket;
import java.util.ArrayList;
import java.util.List;

/** The layers of an image, for people and for machines. */
final class InspectView {
  private InspectView() {}

  static List<String> lines(String asked, List<InspectedImage> images) {
    List<String> lines = new ArrayList<>();
    lines.add(asked);
    for (InspectedImage image : images) {
      lines.add(
          "  %s%s"
              .formatted(
                  image.descriptor().digest(),
                  image.descriptor().platform().map(platform -> "  " + platform).orElse("")));
      for (int i = 0; i < image.layers().size(); i++) {
        add(lines, i, image.layers().get(i));
      }
    }
    return lines;
  }

  private static void add(List<String> lines, int number, InspectedLayer layer) {
    lines.add(
        "    layer %-3d  %s  %s  %s"
            .formatted(
                number,
                layer.descriptor().digest(),
                Sizes.text(layer.descriptor().size()),
                Excerpt.of(layer.descriptor().mediaType())));
    lines.add("      " + (layer.encrypted() ? "encrypted" : "readable for all"));
    for (KeyPacket packet : layer.keys()) {
      lines.add("      %-8s   for %s".formatted(packet.scheme(), count(packet)));
      packet.recipients().forEach(recipient -> lines.add("        " + recipient));
    }
    layer
        .tocDigest()
        .ifPresent(toc -> lines.add("      %-8s   TOC %s".formatted(form(layer), Excerpt.of(toc))));
    layer.problem().ifPresent(problem -> lines.add("      recipients unknown: " + problem));
  }

  /** Both lazy formats use one annotation for their tables of contents. */
  private static String form(InspectedLayer layer) {
    return layer.descriptor().mediaType().equals(MediaType.OCI_LAYER_ZSTD)
        ? "zstd:chunked"
        : "eStargz";
  }

  private static String count(KeyPacket packet) {
    int recipients = packet.recipients().size();
    return recipients == 0
        ? "recipients that are not shown: the scheme is not supported"
        : recipients + (recipients == 1 ? " recipient" : " recipients");
  }

  static ObjectNode json(String asked, List<InspectedImage> images) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.put("asked", asked);
    answer.put("encrypted", images.stream().anyMatch(InspectedImage::encrypted));
    var array = answer.putArray("images");
    images.forEach(image -> fill(array.addObject(), image));
    return answer;
  }

  private static void fill(ObjectNode node, InspectedImage image) {
    node.put("digest", image.descriptor().digest().toString());
    node.put("mediaType", image.descriptor().mediaType());
    node.put("platform", image.descriptor().platform().map(Object::toString).orElse(null));
    var layers = node.putArray("layers");
    image.layers().forEach(layer -> fill(layers.addObject(), layer));
  }

  private static void fill(ObjectNode node, InspectedLayer layer) {
    node.put("digest", layer.descriptor().digest().toString());
    node.put("mediaType", layer.descriptor().mediaType());
    node.put("size", layer.descriptor().size());
    node.put("encrypted", layer.encrypted());
    var keys = node.putArray("keys");
    for (KeyPacket packet : layer.keys()) {
      ObjectNode key = keys.addObject().put("scheme", packet.scheme());
      var recipients = key.putArray("recipients");
      packet.recipients().forEach(recipients::add);
    }
    node.put("tocDigest", layer.tocDigest().orElse(null));
    node.put("problem", layer.problem().orElse(null));
  }
}
