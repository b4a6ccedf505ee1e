package dev.longshore.app.cli;

import dev.longshore.runtime.config.JsonMapping;
import dev.longshore.runtime.config.NotificationFormat;
import dev.longshore.runtime.config.NotificationSettings;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What to do at each sender, and how it shows who it is. */
final class WebhookSteps {
  private WebhookSteps() {}

  /** How a sender shows a secret. */
  enum Shown {
    /** In a header. */
    HEADER,
    /** In the address. */
    ADDRESS,
    /** It signs the body with it. */
    SIGNATURE
  }

  /**
   * How this one does.
   *
   * @param settings of its registry; those of another sender say nothing
   */
  static Shown shown(NotificationFormat sender, NotificationSettings settings) {
    return signatureHeader(sender, settings) != null ? Shown.SIGNATURE : shown(sender);
  }

  private static Shown shown(NotificationFormat sender) {
    return switch (sender) {
      case DISTRIBUTION, HARBOR, ZOT, GITLAB, CLOUDEVENTS, JSON -> Shown.HEADER;
      case DOCKERHUB, QUAY -> Shown.ADDRESS;
      case GITHUB, GITEA -> Shown.SIGNATURE;
    };
  }

  /**
   * The header with the secret, of a sender that shows it in one.
   *
   * @param secret what to put in the place of the secret
   */
  static String header(NotificationFormat sender, NotificationSettings settings, String secret) {
    JsonMapping mapping = mapping(sender, settings);
    return mapping == null || mapping.secretHeader() == null
        ? "Authorization: Bearer " + secret
        : mapping.secretHeader() + ": " + secret;
  }

  private static @Nullable String signatureHeader(
      NotificationFormat sender, NotificationSettings settings) {
    JsonMapping mapping = mapping(sender, settings);
    return mapping == null ? null : mapping.signatureHeader();
  }

  private static @Nullable JsonMapping mapping(
      NotificationFormat sender, NotificationSettings settings) {
    return settings.notifications() == sender ? settings.notificationMapping() : null;
  }

  /**
   * The steps.
   *
   * @param address of the webhook
   * @param secret what to put in the place of the secret
   */
  static List<String> of(
      NotificationFormat sender, NotificationSettings settings, String address, String secret) {
    String signature = signatureHeader(sender, settings);
    String proof =
        signature == null
            ? header(sender, settings, secret)
            : "Secret: " + secret + " (it signs the body, in the header " + signature + ")";
    return switch (sender) {
      case DISTRIBUTION ->
          List.of(
              "In the registry's configuration, then restart it:",
              "  notifications:",
              "    endpoints:",
              "      - name: longshore",
              "        url: " + address,
              "        headers: {Authorization: [Bearer " + secret + "]}",
              "        ignore: {mediatypes: [application/octet-stream], actions: [pull]}");
      case GITLAB ->
          List.of(
              "In /etc/gitlab/gitlab.rb, then gitlab-ctl reconfigure:",
              "  registry['notifications'] = [{",
              "    'name' => 'longshore',",
              "    'url' => '" + address + "',",
              "    'timeout' => '5s', 'threshold' => 5, 'backoff' => '10s',",
              "    'headers' => { 'Authorization' => ['Bearer " + secret + "'] }",
              "  }]");
      case HARBOR ->
          List.of(
              "In each project: Webhooks, New Webhook",
              "  Notify Type: http; Payload Format: Default or CloudEvents",
              "  Event Type: Artifact pushed, Artifact deleted",
              "  Endpoint URL: " + address,
              "  Auth Header: Bearer " + secret);
      case ZOT ->
          List.of(
              "In zot's configuration (its build needs the extension events), then restart it:",
              "  \"extensions\": {\"events\": {\"enable\": true, \"sinks\": [{",
              "    \"type\": \"http\", \"address\": \"" + address + "\", \"timeout\": \"5s\",",
              "    \"headers\": {\"Authorization\": \"Bearer " + secret + "\"}}]}}");
      case DOCKERHUB -> List.of("In each repository: Webhooks", "  Webhook URL: " + address);
      case QUAY ->
          List.of(
              "In each repository: Settings, Events and notifications, Create Notification",
              "  When this event occurs: Push to Repository",
              "  Then issue a notification: Webhook POST, without a template",
              "  Webhook URL: " + address);
      case GITHUB ->
          List.of(
              "In the organization or repository: Settings, Webhooks, Add webhook",
              "  Payload URL: " + address,
              "  Content type: application/json",
              "  Secret: " + secret,
              "  Let me select individual events: Packages and Registry packages alone");
      case GITEA ->
          List.of(
              "In the organization, user or instance: Settings, Webhooks, Add Webhook, Gitea or"
                  + " Forgejo",
              "  Target URL: " + address,
              "  HTTP Method: POST; POST Content Type: application/json",
              "  Secret: " + secret,
              "  Trigger On: Custom Events, Package alone");
      case CLOUDEVENTS ->
          List.of(
              "At the sender, for CloudEvents 1.0 over HTTP in any mode:",
              "  URL: " + address,
              "  " + proof);
      case JSON ->
          List.of(
              "At the sender, for JSON by POST; docs/senders.md has the steps for ECR, Artifact"
                  + " Registry, ACR and Nexus:",
              "  URL: " + address,
              "  " + proof,
              "  or, if it cannot: " + address + "/" + secret);
    };
  }
}
