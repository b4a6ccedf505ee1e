package dev.longshore.resolver.lookup;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.events.PinState;
import dev.longshore.events.TagState;
import dev.longshore.oci.OciFormatException;
import dev.longshore.runtime.http.Exchange;
import dev.longshore.runtime.http.HttpFailure;
import dev.longshore.runtime.http.Route;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** {@code GET /v1/resolve?ref=}: everything that is known, as JSON. */
public final class LookupRoute {
  /** Where it is served. */
  public static final String PATH = "/v1/resolve";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Lookup lookup;

  private LookupRoute(Lookup lookup) {
    this.lookup = lookup;
  }

  public static Route of(Lookup lookup) {
    return Route.at("GET", PATH, new LookupRoute(lookup)::handle);
  }

  private void handle(Exchange exchange) throws HttpFailure, IOException, InterruptedException {
    String ref =
        exchange
            .query("ref")
            .orElseThrow(
                () ->
                    new HttpFailure(
                        400, "BAD_REQUEST", "no ref (expected: ?ref=<name, digest or CID>)"));
    Known known;
    try {
      known = lookup.known(ref);
    } catch (OciFormatException e) {
      throw new HttpFailure(400, "BAD_REQUEST", "ref: " + e.getMessage());
    }
    exchange.send(
        known.isEmpty() ? 404 : 200,
        Map.of("Content-Type", "application/json"),
        json(known).toString().getBytes(StandardCharsets.UTF_8));
  }

  private static ObjectNode json(Known known) {
    ObjectNode document = JSON.createObjectNode();
    document.put("ref", known.ref());
    known.served().ifPresent(digest -> document.put("served", digest));
    known.age().ifPresent(age -> document.put("knowledgeAgeSeconds", age.toSeconds()));
    ArrayNode names = document.putArray("names");
    known.names().forEach(name -> put(names.addObject(), name));
    ArrayNode images = document.putArray("images");
    known.images().forEach(image -> put(images.addObject(), image));
    return document;
  }

  private static void put(ObjectNode node, TagState name) {
    node.put("name", name.key())
        .put("registry", name.registry())
        .put("repository", name.repository())
        .put("tag", name.tag())
        .put("digest", name.digest())
        .put("mediaType", name.mediaType())
        .put("size", name.size())
        .put("deleted", name.deleted())
        .put("hintedAt", name.hintedAt().toString())
        .put("observedAt", name.observedAt().toString());
    put(node.putArray("previous"), name.previous());
  }

  private static void put(ObjectNode node, Known.Image image) {
    node.put("digest", image.state().digest())
        .put("mode", image.state().mode())
        .put("mediaType", image.state().mediaType())
        .put("imageDag", image.state().imageDag())
        .put("root", image.state().root())
        .put("manifest", image.state().manifest())
        .put("blobs", image.state().blobs())
        .put("bytes", image.state().bytes())
        .put("ingestPeer", image.state().ingestPeer())
        .put("convertedAt", image.state().convertedAt().toString())
        .put("listed", image.listed());
    put(node.putArray("platforms"), image.state().platforms());
    put(node.putArray("missing"), image.state().missing());
    image
        .pin()
        .ifPresent(
            pin -> {
              node.put("copiesWanted", pin.wanted());
              node.put("copiesVerified", pin.verified());
              node.put("pinChangedAt", pin.changedAt().toString());
            });
    ArrayNode copies = node.putArray("copies");
    image.pin().ifPresent(pin -> pin.copies().forEach(copy -> put(copies.addObject(), copy)));
  }

  private static void put(ObjectNode node, PinState.Copy copy) {
    node.put("peer", copy.peer())
        .put("site", copy.site())
        .put("peerId", copy.peerId())
        .put("status", copy.status().name().toLowerCase(java.util.Locale.ROOT))
        .put("bytes", copy.bytes())
        .put("changedAt", copy.changedAt().toString());
    if (copy.error() != null) {
      node.put("error", copy.error());
    }
    put(node.putArray("addresses"), copy.addresses());
  }

  private static void put(ArrayNode array, List<String> texts) {
    texts.forEach(array::add);
  }
}
