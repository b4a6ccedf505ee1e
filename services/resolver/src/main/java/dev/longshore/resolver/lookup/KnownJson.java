package dev.longshore.resolver.lookup;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.catalog.PeerCopy;
import dev.longshore.catalog.PinnedDag;
import dev.longshore.events.PinState;
import dev.longshore.events.TagState;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** Writes answers as JSON, with the gRPC API's names, and with details that it leaves out. */
final class KnownJson {
  private static final ObjectMapper JSON = new ObjectMapper();

  private KnownJson() {}

  static byte[] write(String ref, Known known) {
    ObjectNode document = JSON.createObjectNode();
    document.put("ref", ref);
    known.served().ifPresent(digest -> document.put("served", digest.toString()));
    known.completeAt().ifPresent(at -> document.put("completeAt", at.toString()));
    ArrayNode images = document.putArray("images");
    known.images().forEach(image -> put(images.addObject(), image));
    return document.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void put(ObjectNode node, Known.Source image) {
    node.put("digest", image.digest().toString()).put("mediaType", image.mediaType());
    image.forgottenAt().ifPresent(at -> node.put("forgottenAt", at.toString()));
    ArrayNode names = node.putArray("names");
    image.names().forEach(name -> put(names.addObject(), name));
    ArrayNode conversions = node.putArray("conversions");
    image.conversions().forEach(conversion -> put(conversions.addObject(), conversion));
  }

  private static void put(ObjectNode node, TagState name) {
    node.put("registry", name.name().registry())
        .put("repository", name.name().repository())
        .put("tag", name.tag() == null ? null : name.tag().text())
        .put("hintedAt", name.hintedAt().toString())
        .put("observedAt", name.observedAt().toString())
        .put("deleted", name.deleted());
    texts(node, "previous", name.previous());
  }

  private static void put(ObjectNode node, Known.Conversion conversion) {
    node.put("mode", conversion.state().mode().text())
        .put("digest", conversion.state().servedDigest().toString())
        .put("recipe", conversion.state().recipe().toString())
        .put("imageDag", conversion.state().imageDag().toString())
        .put("root", conversion.state().root().toString())
        .put("manifest", conversion.state().manifest().toString())
        .put("blobs", conversion.state().blobs())
        .put("bytes", conversion.state().bytes())
        .put("convertedAt", conversion.state().convertedAt().toString())
        .put("listed", conversion.listed());
    texts(node, "platforms", conversion.state().platforms());
    texts(node, "missing", conversion.state().missing());
    conversion.pin().ifPresent(known -> put(node.putObject("pin"), known));
  }

  private static void put(ObjectNode node, PinnedDag known) {
    PinState pin = known.pin();
    node.put("wanted", pin.wanted())
        .put("verified", pin.verified())
        .put("ingestPeer", pin.ingestPeer() == null ? null : pin.ingestPeer().text())
        .put("ingestReleased", pin.ingestReleased())
        .put("changedAt", pin.changedAt().toString());
    ArrayNode copies = node.putArray("copies");
    known.copies().forEach(copy -> put(copies.addObject(), copy));
  }

  private static void put(ObjectNode node, PeerCopy copy) {
    node.put("peer", copy.peer().text())
        .put("site", copy.zone())
        .put("peerId", copy.peerId())
        .put("status", copy.status().name().toLowerCase(Locale.ROOT))
        .put("state", copy.state().name().toLowerCase(Locale.ROOT))
        .put("bytes", copy.bytes())
        .put("error", copy.error())
        .put("changedAt", copy.changedAt().toString());
    texts(node, "addresses", copy.addresses());
  }

  private static void texts(ObjectNode node, String name, List<?> texts) {
    ArrayNode array = node.putArray(name);
    texts.forEach(text -> array.add(text.toString()));
  }
}
