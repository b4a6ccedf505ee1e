package dev.longshore.watcher.sender;

import dev.longshore.watcher.sender.NotUnderstoodException.Reason;

/** zot, which sends CloudEvents. */
public record Zot() implements Sender {
  static final String TYPES = "zotregistry.";

  @Override
  public String name() {
    return "zot";
  }

  @Override
  public void read(Delivery delivery, Changes changes) throws NotUnderstoodException {
    for (CloudEvent event : CloudEvent.all(delivery)) {
      changes.at(event.time());
      changes.attempt(() -> read(event, changes));
    }
  }

  static void read(CloudEvent event, Changes changes) throws NotUnderstoodException {
    String repository = Payload.text(event.data(), "name");
    String reference = Payload.text(event.data(), "reference");
    String digest = Payload.text(event.data(), "digest");
    String tag = ImageText.isDigest(reference) ? "" : reference;
    String known = digest.isEmpty() && tag.isEmpty() ? reference : digest;
    switch (event.type()) {
      case "zotregistry.image.updated" -> changes.push(repository, tag, known);
      case "zotregistry.image.deleted" -> changes.deletion(repository, tag, known);
      case "zotregistry.repository.created",
          "zotregistry.image.lint_failed",
          "zotregistry.image.scanned" -> {}
      default ->
          throw new NotUnderstoodException(
              Reason.EVENT, "zot has no event " + Payload.shown(event.type()));
    }
  }
}
