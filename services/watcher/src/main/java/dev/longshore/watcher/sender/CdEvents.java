package dev.longshore.watcher.sender;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.watcher.sender.NotUnderstoodException.Reason;

/** CDEvents: those about artifacts whose package URL is an image of a registry. */
final class CdEvents {
  static final String TYPES = "dev.cdevents.";
  private static final String ARTIFACT = TYPES + "artifact.";

  private CdEvents() {}

  /**
   * Reads one.
   *
   * @param type with its version: {@code dev.cdevents.artifact.published.0.2.0}
   */
  static void read(String type, JsonNode event, Changes changes) throws NotUnderstoodException {
    if (!type.startsWith(TYPES)) {
      throw new NotUnderstoodException(
          Reason.BODY, "it is neither a CloudEvent nor a CDEvent: there is no type");
    }
    boolean pushed = type.startsWith(ARTIFACT + "published.");
    boolean deleted = type.startsWith(ARTIFACT + "deleted.");
    if (!pushed && !deleted) {
      return; // builds, tests and whatever else a pipeline reports
    }
    String id = Payload.text(event.path("subject"), "id");
    if (!PackageUrl.isImage(id)) {
      return;
    }
    ImageText image = PackageUrl.image(id);
    changes.at(Payload.time(event.path("context"), "timestamp"));
    if (pushed) {
      changes.push(image.repository(), image.tag(), image.digest());
    } else {
      changes.deletion(image.repository(), image.tag(), image.digest());
    }
  }
}
