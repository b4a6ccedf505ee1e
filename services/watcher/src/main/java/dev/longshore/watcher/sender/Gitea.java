package dev.longshore.watcher.sender;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.runtime.edge.access.CallHeaders;
import dev.longshore.watcher.sender.NotUnderstoodException.Reason;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Gitea and Forgejo: event {@code package}. */
public record Gitea() implements Sender {
  @Override
  public Optional<Signature> signature(CallHeaders headers) {
    return Stream.of("X-Hub-Signature-256", "X-Forgejo-Signature", "X-Gitea-Signature")
        .flatMap(name -> headers.all(name).stream())
        .flatMap(shown -> Signature.sha256(shown).stream())
        .findFirst();
  }

  @Override
  public String name() {
    return "gitea";
  }

  @Override
  public void read(Delivery delivery, Changes changes) throws NotUnderstoodException {
    JsonNode body = Payload.of(delivery);
    JsonNode named = body.path("package");
    if (!named.isObject()) {
      throw new NotUnderstoodException(
          Reason.EVENT,
          "event %s is about no package (expected: the event Package alone; the button for a test sends a push of git)"
              .formatted(Payload.shown(delivery.header("X-Gitea-Event"))));
    }
    if (!Payload.text(named, "type").equals("container")) {
      return;
    }
    JsonNode owner = named.path("owner");
    String login = Payload.text(owner, "login");
    String user = login.isEmpty() ? Payload.text(owner, "username") : login;
    String repository = (user + "/" + Payload.text(named, "name")).toLowerCase(Locale.ROOT);
    String version = Payload.text(named, "version");
    String tag = ImageText.isDigest(version) ? "" : version;
    String digest = tag.isEmpty() ? version : "";
    String action = Payload.text(body, "action");
    switch (action) {
      case "created" -> changes.push(repository, tag, digest);
      case "deleted" -> changes.deletion(repository, tag, digest);
      default ->
          throw new NotUnderstoodException(
              Reason.EVENT, "a package has no action " + Payload.shown(action));
    }
  }
}
