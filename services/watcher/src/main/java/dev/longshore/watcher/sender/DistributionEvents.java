package dev.longshore.watcher.sender;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.model.Tag;
import dev.longshore.oci.ForeignJson;
import dev.longshore.oci.MediaType;
import dev.longshore.watcher.sender.NotUnderstoodException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Notifications of the CNCF registry: an envelope of events, in practice one. Hints have this form
 * whoever sent them.
 */
public final class DistributionEvents {
  /** Content type of registry v3. */
  public static final String V2 = "application/vnd.docker.distribution.events.v2+json";

  /** Content type of registry v2. */
  public static final String V1 = "application/vnd.docker.distribution.events.v1+json";

  public static final String JSON = "application/json";

  private static final String TIMESTAMP = "timestamp";

  private static final JsonMapper MAPPER = new JsonMapper(ForeignJson.factory());

  private DistributionEvents() {}

  /**
   * Finds pushed and deleted manifests; ignores pulls, mounts and blobs.
   *
   * @throws NotUnderstoodException if the envelope or a manifest's event in it is malformed
   */
  static void read(byte[] body, Changes changes) throws NotUnderstoodException {
    JsonNode events = envelope(body).path("events");
    changes.begin(Payload.text(events.path(0).path("target"), "repository"));
    if (!events.isArray() || events.size() > Changes.MOST) {
      throw new NotUnderstoodException(
          Reason.BODY, "no array 'events' of at most " + Changes.MOST + " in the envelope");
    }
    for (JsonNode event : events) {
      changes.at(Payload.time(event, TIMESTAMP));
      JsonNode target = event.path("target");
      String repository = Payload.text(target, "repository");
      String tag = Payload.text(target, "tag");
      String digest = Payload.text(target, "digest");
      switch (event.path("action").asText()) {
        case "push" -> {
          if (MediaType.isManifest(target.path("mediaType").asText())) {
            changes.push(repository, tag, digest);
          }
        }
        case "delete" -> changes.deletion(repository, tag, digest);
        default -> {}
      }
    }
  }

  /** The events that the registry would have sent for these changes. */
  public static byte[] write(List<NotifiedChange> changes) {
    ObjectNode envelope = MAPPER.createObjectNode();
    ArrayNode events = envelope.putArray("events");
    for (NotifiedChange change : changes) {
      ObjectNode event = events.addObject().put("action", change.deletion() ? "delete" : "push");
      if (change.at() != null) {
        event.put(TIMESTAMP, change.at().toString());
      }
      ObjectNode target = event.putObject("target");
      if (!change.deletion()) {
        // Any of a manifest; the look finds out which.
        target.put("mediaType", MediaType.OCI_MANIFEST);
      }
      target.put("repository", change.repository());
      if (change.tag() != null) {
        target.put("tag", change.tag().text());
      }
      if (change.digest() != null) {
        target.put("digest", change.digest().toString());
      }
    }
    return envelope.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** The event that the registry would have sent for a tag that it no longer has. */
  public static byte[] deletion(String repository, Tag tag) {
    return write(List.of(new NotifiedChange(repository, tag, null, true, null)));
  }

  private static JsonNode envelope(byte[] body) throws NotUnderstoodException {
    try {
      return MAPPER.readTree(body);
    } catch (IOException e) {
      throw new NotUnderstoodException(
          Reason.BODY, "the envelope is no JSON: " + e.getMessage(), e);
    }
  }
}
