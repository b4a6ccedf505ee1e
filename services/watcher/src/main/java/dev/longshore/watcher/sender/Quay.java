package dev.longshore.watcher.sender;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.watcher.sender.NotUnderstoodException.Reason;
import java.util.List;

/** Quay, which tells of pushed tags alone. */
public record Quay() implements Sender {
  /** Quay names no event: each has fields of its own. */
  private static final List<String> OF_OTHER_EVENTS =
      List.of(
          "build_id",
          "vulnerability",
          "vulnerabilities",
          "vulnerable_index_report_created",
          "message", // of mirroring, whose pushes are told of
          "expiring_in",
          "threshold_percent");

  @Override
  public String name() {
    return "quay";
  }

  @Override
  public void read(Delivery delivery, Changes changes) throws NotUnderstoodException {
    JsonNode body = Payload.of(delivery);
    JsonNode tags = body.path("updated_tags");
    if (!tags.isContainerNode()) {
      if (body.has("namespace") && OF_OTHER_EVENTS.stream().anyMatch(body::has)) {
        return;
      }
      throw new NotUnderstoodException(
          Reason.EVENT,
          "there is no updated_tags in the body (expected: the event Push to Repository)");
    }
    String repository = Payload.text(body, "repository");
    if (tags.isArray()) {
      for (JsonNode tag : tags) {
        changes.attempt(() -> changes.push(repository, tag.asText(""), ""));
      }
    } else {
      // An earlier form: image ids by tag.
      for (var tag : tags.properties()) {
        changes.attempt(() -> changes.push(repository, tag.getKey(), ""));
      }
    }
  }
}
