package dev.longshore.watcher;

import dev.longshore.runtime.config.NotificationFormat;
import dev.longshore.runtime.config.NotificationSettings;
import dev.longshore.runtime.config.RegistrySettings;
import dev.longshore.runtime.config.SharedSettings;
import dev.longshore.settings.ConfigException;
import dev.longshore.settings.ConfigLoader;
import dev.longshore.settings.ConfigSources;
import dev.longshore.settings.Secret;
import dev.longshore.watcher.sender.Sender;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A notification in the form that its maker documents, and what it tells.
 *
 * @param file its name in the test resources
 * @param sender a form, or the name of a registry among the examples of docs/senders.md
 * @param tells changes as text, with D1 and D2 for digests
 */
record Golden(
    String file,
    String sender,
    String contentType,
    Map<String, String> headers,
    List<String> tells) {

  private static final Path FOLDER = Path.of("src/test/resources/senders");
  private static final Path DOCUMENT = Path.of("../../docs/senders.md");
  private static final String JSON = "application/json";
  private static final String STRUCTURED = "application/cloudevents+json; charset=UTF-8";
  static final Secret SECRET = new Secret("a-secret-of-32-characters-at-most");
  private static final Map<String, NotificationSettings> EXAMPLES = examples();

  static Stream<Golden> oneOfEachSender() {
    return all()
        .collect(Collectors.toMap(Golden::sender, golden -> golden, (first, _) -> first))
        .values()
        .stream();
  }

  /** All that tell something or, by design, nothing. */
  static Stream<Golden> all() {
    String push = "push of dock/crane:v3@D1";
    return Stream.of(
        of("distribution-push", "distribution", push),
        of("gitlab-push", "gitlab", "push of dock/tools/crane:main@D1"),
        of("gitlab-delete", "gitlab", "deletion of dock/tools/crane:main"),
        of("harbor-push", "harbor", push),
        of("harbor-push-untagged", "harbor", "push of dock/crane@D2"),
        of("harbor-delete", "harbor", "deletion of dock/crane:v3@D1"),
        of("harbor-scan", "harbor"),
        typed("harbor-cloudevent", "harbor", STRUCTURED, push),
        typed(
            "harbor-cloudevent-deleted",
            "harbor",
            STRUCTURED,
            "deletion of dock/crane:v3@D1",
            "deletion of dock/crane:v4@D1"),
        typed("zot-updated", "zot", STRUCTURED, push),
        new Golden(
            "zot-updated-binary",
            "zot",
            JSON,
            Map.of("ce-type", "zotregistry.image.updated", "ce-source", "zotregistry.dev"),
            List.of(push)),
        typed("zot-deleted", "zot", STRUCTURED, "deletion of dock/crane:v3@D1"),
        typed("zot-deleted-digest", "zot", STRUCTURED),
        typed("zot-repository", "zot", STRUCTURED),
        of("dockerhub-push", "dockerhub", "push of quayside/crane:v3"),
        of("quay-push", "quay", "push of quayside/crane:v3", "push of quayside/crane:latest"),
        of("quay-push-old", "quay", "push of quayside/crane:v3"),
        of("quay-build", "quay"),
        of("quay-mirror", "quay"),
        of("quay-expiry", "quay"),
        of("quay-quota", "quay"),
        of("quay-vulnerability", "quay"),
        github("github-package", "package", "push of quay-side/crane:v3@D1"),
        github("github-registry-package", "registry_package", "push of quay-side/crane:v3@D1"),
        github("github-package-untagged", "package", "push of quay-side/crane@D1"),
        github(
            "github-package-unversioned",
            "package",
            "a change in quay-side/crane that it does not name: all tags are compared"),
        github("github-npm", "package"),
        github("github-ping", "ping"),
        of("gitea-created", "gitea", "push of quay-side/crane:v3"),
        of("gitea-created-digest", "gitea", "push of quay-side/crane@D1"),
        of("gitea-deleted", "gitea", "deletion of quay-side/crane:v3"),
        of("gitea-npm", "gitea"),
        of("cdevents-published", "cloudevents", push),
        typed("cdevents-published-cloudevent", "cloudevents", STRUCTURED, push),
        of("cdevents-docker", "cloudevents", "push of dock/crane:v3"),
        of("cdevents-deleted", "cloudevents", "deletion of dock/crane:v3"),
        of("cdevents-other-package", "cloudevents"),
        of("cdevents-build", "cloudevents"),
        typed("harbor-cloudevent", "cloudevents", STRUCTURED, push),
        typed("zot-updated", "cloudevents", STRUCTURED, push),
        of("acr-push", "acr", push),
        of("acr-delete", "acr"),
        of("acr-ping", "acr"),
        typed("acr-event-grid", "acr-event-grid", STRUCTURED, push),
        typed("acr-event-grid-deleted", "acr-event-grid", STRUCTURED),
        of("ecr-push", "ecr", push),
        of("ecr-push-untagged", "ecr", "push of dock/crane@D1"),
        of("ecr-delete", "ecr", "deletion of dock/crane:v3@D1"),
        of("artifact-registry-push", "artifact-registry", "push of quay-side/dock/crane:v3@D1"),
        of(
            "artifact-registry-push-untagged",
            "artifact-registry",
            "push of quay-side/dock/crane@D1"),
        of("artifact-registry-untag", "artifact-registry", "deletion of quay-side/dock/crane:v3"),
        of("nexus-created", "nexus", "push of dock/crane:v3"),
        of("nexus-created-spaced", "nexus", "push of dock/crane:v3"),
        of("nexus-updated", "nexus", "push of dock/crane:v4"),
        of("nexus-deleted", "nexus", "deletion of dock/crane:v3"));
  }

  /** One that is known, by its file. */
  static Golden named(String file) {
    return all().filter(golden -> golden.file().equals(file)).findFirst().orElseThrow();
  }

  private static Golden of(String file, String sender, String... tells) {
    return typed(file, sender, JSON, tells);
  }

  private static Golden typed(String file, String sender, String type, String... tells) {
    return new Golden(file, sender, type, Map.of(), List.of(tells));
  }

  private static Golden github(String file, String event, String... tells) {
    return new Golden(file, "github", JSON, Map.of("X-GitHub-Event", event), List.of(tells));
  }

  byte[] body() {
    return bytes(file);
  }

  static byte[] bytes(String file) {
    try {
      return Files.readAllBytes(FOLDER.resolve(file + ".json"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The configured sender. */
  NotificationSettings settings() {
    return settings(sender);
  }

  static NotificationSettings settings(String sender) {
    return EXAMPLES.containsKey(sender)
        ? EXAMPLES.get(sender)
        : new NotificationSettings(
            Arrays.stream(NotificationFormat.values())
                .filter(format -> format.text().equals(sender))
                .findFirst()
                .orElseThrow(),
            SECRET,
            null);
  }

  Sender form() {
    return Sender.of(settings());
  }

  /** The whole, as text: a change with its digest cut to D1, D2. */
  static String shortened(String text) {
    return text.replace("sha256:" + "1f".repeat(32), "D1")
        .replace("sha256:" + "2e".repeat(32), "D2");
  }

  @Override
  public String toString() {
    return file + " of " + sender;
  }

  /** The configurations in the document: each must be one that Longshore takes. */
  private static Map<String, NotificationSettings> examples() {
    try {
      String document = Files.readString(DOCUMENT);
      Path secret = Files.createTempFile("secret", "");
      secret.toFile().deleteOnExit();
      Files.writeString(secret, SECRET.reveal());
      List<RegistrySettings> registries = new ArrayList<>();
      var blocks =
          Pattern.compile("```yaml\n(registries:\n.*?)```", Pattern.DOTALL).matcher(document);
      while (blocks.find()) {
        Path file = Files.createTempFile("longshore", ".yaml");
        Files.writeString(
            file, blocks.group(1).replaceAll("(notification-secret-file:) [^\n]*", "$1 " + secret));
        registries.addAll(
            new ConfigLoader<>(SharedSettings.class)
                .load(new ConfigSources(file, Map.of(), List.of()))
                .settings()
                .registries());
        Files.delete(file);
      }
      return registries.stream()
          .collect(Collectors.toMap(RegistrySettings::name, RegistrySettings::sender));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ConfigException e) {
      throw new IllegalStateException("an example of " + DOCUMENT + ": " + e.getMessage(), e);
    }
  }
}
