package dev.longshore.watcher.sender;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.model.Digest;
import dev.longshore.model.OciFormatException;
import dev.longshore.runtime.edge.access.CallHeaders;
import dev.longshore.watcher.sender.NotUnderstoodException.Reason;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** GitHub's container registry: events {@code package} and {@code registry_package}. */
public record GitHub() implements Sender {
  private static final Set<String> CONTAINERS = Set.of("container", "docker");

  @Override
  public Optional<Signature> signature(CallHeaders headers) {
    return headers.all("X-Hub-Signature-256").stream()
        .flatMap(shown -> Signature.sha256(shown).stream())
        .findFirst();
  }

  @Override
  public String name() {
    return "github";
  }

  @Override
  public void read(Delivery delivery, Changes changes) throws NotUnderstoodException {
    String event = delivery.header("X-GitHub-Event");
    if (event.equals("ping")) {
      return;
    }
    JsonNode body = Payload.of(delivery);
    JsonNode named = body.has("package") ? body.path("package") : body.path("registry_package");
    if (!named.isObject()) {
      throw new NotUnderstoodException(
          Reason.EVENT,
          "event %s is about no package (expected: the events Packages and Registry packages alone)"
              .formatted(Payload.shown(event)));
    }
    String action = Payload.text(body, "action");
    if (!action.equals("published") && !action.equals("updated")) {
      throw new NotUnderstoodException(
          Reason.EVENT, "a package has no action " + Payload.shown(action));
    }
    if (isContainer(named)) {
      push(named, changes);
    }
  }

  private static void push(JsonNode named, Changes changes) throws NotUnderstoodException {
    JsonNode version = named.path("package_version");
    JsonNode tag = version.path("container_metadata").path("tag");
    String repository = repository(named, version);
    String name = Payload.text(tag, "name");
    String digest = digest(Payload.text(version, "version"), Payload.text(tag, "digest"));
    if (name.isEmpty() && digest.isEmpty()) {
      changes.pushSomewhere(repository); // some have a package_version of null
    } else {
      changes.push(repository, name, digest);
    }
  }

  private static boolean isContainer(JsonNode named) {
    return Stream.of(
            Payload.text(named, "package_type"),
            Payload.text(named, "ecosystem"),
            Payload.text(named.path("registry"), "type"))
        .map(type -> type.toLowerCase(Locale.ROOT))
        .anyMatch(CONTAINERS::contains);
  }

  /** The name of a package may differ from the one in its address. */
  private static String repository(JsonNode named, JsonNode version) {
    String address = ImageText.of(Payload.text(version, "package_url")).repository();
    String path =
        address.isEmpty()
            ? Payload.text(named.path("owner"), "login") + "/" + Payload.text(named, "name")
            : address;
    return path.toLowerCase(Locale.ROOT);
  }

  /** The first that is one: GitHub's own examples have cut ones. */
  private static String digest(String... texts) {
    return Stream.of(texts).filter(GitHub::isDigest).findFirst().orElse("");
  }

  private static boolean isDigest(String text) {
    try {
      var _ = Digest.parse(text);
      return true;
    } catch (OciFormatException e) {
      return false;
    }
  }
}
