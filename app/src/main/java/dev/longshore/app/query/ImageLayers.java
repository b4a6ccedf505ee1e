package dev.longshore.app.query;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.query.find.Found;
import dev.longshore.app.query.find.Found.Conversion;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.app.query.find.Sizes;
import dev.longshore.catalog.Catalog;
import dev.longshore.events.TagState;
import dev.longshore.ipfs.IpfsDataException;
import dev.longshore.model.Digest;
import dev.longshore.model.MalformedCidException;
import dev.longshore.model.Mode;
import dev.longshore.model.OciFormatException;
import dev.longshore.oci.Descriptor;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The layers of an image, and which of them the version before has too.
 *
 * @param before source digest of that version; null if there is none
 * @param problem why it is not known what that one has; null if it is
 */
record ImageLayers(
    Conversion conversion,
    List<Descriptor> layers,
    @Nullable Digest before,
    Set<Digest> shared,
    @Nullable String problem) {
  private static final Duration BLOCK = Duration.ofSeconds(2);

  /** Reads the manifests of one mode, plain if there is one, from the peers that have it. */
  static ImageLayers of(Found found, Catalog catalog, ImageDiff.Sources sources)
      throws QueryException {
    Conversion now =
        found.conversions().stream()
            .filter(conversion -> conversion.image().mode().is(Mode.PLAIN))
            .findFirst()
            .or(() -> found.conversions().stream().findFirst())
            .orElseThrow(() -> new QueryException(found.asked() + " is not converted so far"));
    List<Descriptor> layers = layers(now, sources);
    Optional<Conversion> before = before(found.tag(), now, catalog);
    if (before.isEmpty()) {
      return new ImageLayers(now, layers, null, Set.of(), null);
    }
    Digest digest = before.get().image().digest();
    try {
      Set<Digest> shared =
          layers(before.get(), sources).stream()
              .map(Descriptor::digest)
              .collect(Collectors.toSet());
      return new ImageLayers(now, layers, digest, shared, null);
    } catch (QueryException e) {
      return new ImageLayers(now, layers, digest, Set.of(), e.getMessage());
    }
  }

  private static Optional<Conversion> before(
      @Nullable TagState tag, Conversion now, Catalog catalog) {
    if (tag == null) {
      return Optional.empty();
    }
    return tag.previous().stream()
        .map(
            digest ->
                ModePairs.like(
                    catalog.conversions().forRepository(tag.name(), digest).stream()
                        .map(image -> Conversion.of(image, catalog))
                        .toList(),
                    now))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static List<Descriptor> layers(Conversion of, ImageDiff.Sources sources)
      throws QueryException {
    try {
      return LayoutLayers.of(of.image().imageDag().cid(), sources.of(of), BLOCK).stream()
          .map(LayoutLayers.Layer::blob)
          .toList();
    } catch (IOException | IpfsDataException | MalformedCidException | OciFormatException e) {
      throw new QueryException(
          "image DAG %s: %s".formatted(of.image().imageDag(), e.getMessage()), e);
    }
  }

  private long bytes(boolean isShared) {
    return layers.stream()
        .filter(layer -> shared.contains(layer.digest()) == isShared)
        .mapToLong(Descriptor::size)
        .sum();
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    layers.forEach(
        layer ->
            lines.add(
                "%s  %s%s"
                    .formatted(
                        layer.digest(),
                        Sizes.text(layer.size()),
                        shared.contains(layer.digest()) ? ", as before" : "")));
    return lines;
  }

  ObjectNode json() {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.put("mode", conversion.image().mode().text());
    answer.put("before", before == null ? null : before.toString());
    answer.put("problem", problem);
    answer.put("newBytes", bytes(false)).put("sharedBytes", bytes(true));
    var list = answer.putArray("layers");
    for (Descriptor layer : layers) {
      list.addObject()
          .put("digest", layer.digest().toString())
          .put("mediaType", layer.mediaType())
          .put("bytes", layer.size())
          .put("shared", shared.contains(layer.digest()));
    }
    return answer;
  }
}
