package dev.longshore.watcher.sender;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.watcher.sender.NotUnderstoodException.Reason;

/** Quay, which tells of pushed tags alone. */
public record Quay() implements Sender {
  @Override
  public String name() {
    return "quay";
  }

  @Override
  public void read(Delivery delivery, Changes changes) throws NotUnderstoodException {
    JsonNode body = Payload.of(delivery);
    JsonNode tags = body.path("updated_tags");
    if (!tags.isContainerNode()) {
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
