package dev.longshore.app.cli;

import dev.longshore.runtime.config.NotificationFormat;
import java.util.List;

/** What to do at each sender, and how it shows who it is. */
final class WebhookSteps {
  private WebhookSteps() {}

  /** How a sender shows a secret. */
  enum Shown {
    /** In the header {@code Authorization}. */
    HEADER,
    /** In the address. */
    ADDRESS,
    /** It signs the body with it. */
    SIGNATURE
  }

  static Shown shown(NotificationFormat sender) {
    return switch (sender) {
      case DISTRIBUTION, HARBOR, ZOT, GITLAB, CLOUDEVENTS, JSON -> Shown.HEADER;
      case DOCKERHUB, QUAY -> Shown.ADDRESS;
      case GITHUB, GITEA -> Shown.SIGNATURE;
    };
  }

  /**
   * The steps.
   *
   * @param address of the webhook
   * @param secret what to put in the place of the secret
   */
  static List<String> of(NotificationFormat sender, String address, String secret) {
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
              "  Authorization: Bearer " + secret);
      case JSON ->
          List.of(
              "At the sender, for JSON by POST; docs/senders.md has the steps for ECR, Artifact"
                  + " Registry, ACR and Nexus:",
              "  URL: " + address,
              "  Authorization: Bearer " + secret,
              "  or, if it can send no header: " + address + "/" + secret);
    };
  }
}
