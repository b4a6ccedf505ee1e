package dev.longshore.watcher;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.model.Digest;
import dev.longshore.model.OciFormatException;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.oci.ForeignJson;
import dev.longshore.oci.MediaType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Notifications of the CNCF registry: an envelope of events, in practice one. */
final class DistributionEvents {
  /** Content type of registry v3. */
  static final String V2 = "application/vnd.docker.distribution.events.v2+json";

  /** Content type of registry v2. */
  static final String V1 = "application/vnd.docker.distribution.events.v1+json";

  static final String JSON = "application/json";

  /**
   * Limit of events in one envelope; the registry sends one, so more than this does not come from a
   * registry.
   */
  private static final int MAX_EVENTS = 1_000;

  private static final JsonMapper MAPPER = new JsonMapper(ForeignJson.factory());

  private DistributionEvents() {}

  /**
   * Finds pushed and deleted manifests; ignores pulls, mounts and blobs.
   *
   * @throws MalformedHintException if the envelope or a manifest's event in it is malformed
   */
  static List<HintTarget> read(RegistryHost host, byte[] body) throws MalformedHintException {
    JsonNode events = envelope(body).path("events");
    if (!events.isArray() || events.size() > MAX_EVENTS) {
      throw new MalformedHintException(
          "no array 'events' of at most " + MAX_EVENTS + " in the envelope", null);
    }
    List<HintTarget> looks = new ArrayList<>();
    for (JsonNode event : events) {
      JsonNode target = event.path("target");
      switch (event.path("action").asText()) {
        case "push" -> {
          if (MediaType.isManifest(target.path("mediaType").asText())) {
            looks.add(look(host, target, false));
          }
        }
        case "delete" -> {
          if (target.hasNonNull("tag")) {
            looks.add(look(host, target, true));
          }
        }
        default -> {}
      }
    }
    return looks;
  }

  /** The event that the registry would have sent for a tag that it no longer has. */
  static byte[] deletion(String repository, String tag) {
    ObjectNode envelope = MAPPER.createObjectNode();
    ObjectNode event = envelope.putArray("events").addObject().put("action", "delete");
    event.putObject("target").put("repository", repository).put("tag", tag);
    return envelope.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static JsonNode envelope(byte[] body) throws MalformedHintException {
    try {
      return MAPPER.readTree(body);
    } catch (IOException e) {
      throw new MalformedHintException("the envelope is no JSON: " + e.getMessage(), e);
    }
  }

  private static HintTarget look(RegistryHost host, JsonNode target, boolean deletion)
      throws MalformedHintException {
    try {
      String tag = target.path("tag").asText("");
      String digest = target.path("digest").asText("");
      if (tag.isEmpty() && digest.isEmpty()) {
        throw new MalformedHintException("an event's target has neither tag nor digest", null);
      }
      return new HintTarget(
          new RepositoryName(host, target.path("repository").asText()),
          tag.isEmpty() ? null : Tag.parse(tag),
          digest.isEmpty() ? null : Digest.parse(digest),
          deletion,
          null);
    } catch (OciFormatException e) {
      throw new MalformedHintException("an event's target: " + e.getMessage(), e);
    }
  }
}
