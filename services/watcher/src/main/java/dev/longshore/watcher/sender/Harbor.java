package dev.longshore.watcher.sender;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.watcher.sender.NotUnderstoodException.Reason;

/** Harbor, with payloads of its default form or as CloudEvents. */
public record Harbor() implements Sender {
  static final String TYPES = "harbor.";

  @Override
  public String name() {
    return "harbor";
  }

  @Override
  public void read(Delivery delivery, Changes changes) throws NotUnderstoodException {
    if (CloudEvent.areIn(delivery)) {
      for (CloudEvent event : CloudEvent.all(delivery)) {
        changes.at(event.time());
        changes.attempt(() -> read(event, changes));
      }
    } else {
      JsonNode body = Payload.of(delivery);
      changes.at(Payload.time(body, "occur_at"));
      read(Payload.text(body, "type"), body.path("event_data"), changes);
    }
  }

  static void read(CloudEvent event, Changes changes) throws NotUnderstoodException {
    String type = event.type();
    read(type.startsWith(TYPES) ? type.substring(TYPES.length()) : type, event.data(), changes);
  }

  private static void read(String type, JsonNode data, Changes changes)
      throws NotUnderstoodException {
    switch (type) {
      case "PUSH_ARTIFACT", "CREATE_TAG", "artifact.pushed", "tag.created" ->
          resources(data, changes, false);
      case "DELETE_ARTIFACT", "DELETE_TAG", "artifact.deleted", "tag.deleted" ->
          resources(data, changes, true);
      case "PULL_ARTIFACT",
          "QUOTA_EXCEED",
          "QUOTA_WARNING",
          "REPLICATION",
          "SCANNING_FAILED",
          "SCANNING_COMPLETED",
          "SCANNING_STOPPED",
          "TAG_RETENTION",
          "artifact.pulled",
          "quota.exceeded",
          "quota.warned",
          "replication.status.changed",
          "scan.failed",
          "scan.completed",
          "scan.stopped",
          "tag_retention.finished" -> {}
      default ->
          throw new NotUnderstoodException(
              Reason.EVENT, "Harbor has no event " + Payload.shown(type));
    }
  }

  private static void resources(JsonNode data, Changes changes, boolean deletion)
      throws NotUnderstoodException {
    String repository = Payload.text(data.path("repository"), "repo_full_name");
    JsonNode resources = data.path("resources");
    if (!resources.isArray() || resources.isEmpty()) {
      throw new NotUnderstoodException(Reason.IMAGE, "there are no resources in the event");
    }
    for (JsonNode resource : resources) {
      String digest = Payload.text(resource, "digest");
      String tag = Payload.text(resource, "tag");
      // Without a tag, Harbor repeats the digest.
      String own = ImageText.isDigest(tag) ? "" : tag;
      changes.attempt(
          () -> {
            if (deletion) {
              changes.deletion(repository, own, digest);
            } else {
              changes.push(repository, own, digest);
            }
          });
    }
  }
}
