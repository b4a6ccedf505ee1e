package dev.longshore.app.decision;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.query.ForgetScope;
import dev.longshore.app.query.Remains;
import dev.longshore.app.query.Remains.Remain;
import dev.longshore.app.query.SharedLayers;
import dev.longshore.app.query.find.Sizes;
import dev.longshore.events.ImageState;
import dev.longshore.events.TagState;
import dev.longshore.model.Digest;
import dev.longshore.model.Excerpt;
import dev.longshore.model.PeerName;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a forget means, for people and for machines.
 *
 * @param shared layers that stay; empty if nobody looked for them
 */
public record ForgetView(
    String asked, ForgetScope scope, Remains remains, Optional<SharedLayers> shared) {
  private static final String OUT_OF_REACH =
      "out of reach: caches of container runtimes that pulled it, and of sites' nodes and"
          + " registries; replace a secret that was in it in any case";

  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(asked + " in all repositories and modes:");
    scope.sources().forEach(digest -> lines.add("  digest   " + digest + origin(digest)));
    scope.names().forEach(name -> lines.add("  name     " + name.key() + " answers no longer"));
    remains.dags().forEach(dag -> lines.add("  DAG      " + text(dag)));
    remains.unrecorded().forEach(why -> lines.add("  pins     " + why));
    shared.ifPresent(layers -> add(lines, layers));
    scope.former().forEach(name -> lines.add("  stays    " + former(name)));
    scope.unread().forEach(why -> lines.add("  unknown  " + why));
    lines.add("  " + OUT_OF_REACH);
    return lines.stream().map(Excerpt::line).toList();
  }

  private String origin(Digest digest) {
    return scope.top().contains(digest) ? "" : ", which belongs to it";
  }

  private static void add(List<String> lines, SharedLayers layers) {
    layers
        .kept()
        .forEach(
            (digest, image) ->
                lines.add("  layer    " + digest + " stays: " + name(image) + " has it too"));
    if (!layers.whole()) {
      lines.add(
          "  layer    others may stay too: not all images of these repositories could be looked"
              + " at");
    }
  }

  /** The command that forgets an earlier digest of the tag too. */
  private static String former(String name) {
    return "%s, which it was before; 'longshore forget %s --reason TEXT' forgets it"
        .formatted(name, name);
  }

  /** The command that looks again; a tag may point to a clean image by then. */
  public static String again(String asked, ForgetScope scope) {
    return "longshore forget %s --reason TEXT"
        .formatted(scope.top().size() == 1 ? scope.top().getFirst() : asked);
  }

  /** One DAG, with what becomes of it. */
  public static String text(Remain dag) {
    ImageState image = dag.image();
    String what =
        dag.isFormer()
            ? "%s  %s, which it was made as before".formatted(dag.dag(), image.mode())
            : "%s  %s, %s".formatted(dag.dag(), image.mode(), Sizes.text(image.bytes()));
    return Excerpt.line(
        what
            + switch (dag.state()) {
              case GONE -> ", gone";
              case PENDING -> ", at " + peers(dag.peers()) + obstacles(dag);
              case SHARED ->
                  ", stays: " + dag.keeper().map(ForgetView::name).orElse("") + " is it too";
            });
  }

  private static String peers(List<PeerName> peers) {
    return peers.isEmpty()
        ? "peers that are not known"
        : peers.stream().map(PeerName::text).collect(Collectors.joining(", "));
  }

  private static String obstacles(Remain dag) {
    return dag.obstacles().isEmpty() ? "" : " (" + String.join("; ", dag.obstacles()) + ")";
  }

  private static String name(ImageState image) {
    return image.name() + "@" + image.digest();
  }

  public ObjectNode json() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("asked", asked);
    texts(node.putArray("digests"), scope.sources());
    texts(node.putArray("names"), scope.names().stream().map(TagState::key).toList());
    texts(node.putArray("former"), scope.former());
    texts(node.putArray("unknown"), scope.unread());
    ArrayNode dags = node.putArray("imageDags");
    remains.dags().forEach(dag -> put(dags.addObject(), dag));
    texts(node.putArray("unrecorded"), remains.unrecorded());
    shared.ifPresent(
        layers -> {
          node.put("layersComplete", layers.whole());
          ArrayNode kept = node.putArray("layersThatStay");
          layers
              .kept()
              .forEach(
                  (digest, image) ->
                      kept.addObject().put("digest", digest.toString()).put("keptBy", name(image)));
        });
    return node;
  }

  private static void put(ObjectNode node, Remain dag) {
    node.put("imageDag", dag.dag().toString());
    if (!dag.isFormer()) {
      node.put("root", dag.image().root().toString());
      node.put("bytes", dag.image().bytes());
    }
    node.put("mode", dag.image().mode().text())
        .put("digest", dag.image().servedDigest().toString())
        .put("state", dag.state().name().toLowerCase(Locale.ROOT))
        .put("keptBy", dag.keeper().map(ForgetView::name).orElse(null));
    texts(node.putArray("peers"), dag.peers().stream().map(PeerName::text).toList());
    texts(node.putArray("obstacles"), dag.obstacles());
  }

  private static void texts(ArrayNode list, List<?> texts) {
    texts.forEach(text -> list.add(text.toString()));
  }
}
