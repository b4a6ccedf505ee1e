package dev.longshore.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.app.query.http.AskedService;
import dev.longshore.runtime.config.NotificationFormat;
import dev.longshore.watcher.Deliveries.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class WebhookCommandTest {
  private static final String SECRET = "hunter2-of-the-sender";

  @TempDir Path folder;
  private final CommandRun command = new CommandRun();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private String registries = "";

  @BeforeEach
  void settings() throws Exception {
    Path secret = Files.writeString(folder.resolve("core-secret"), SECRET);
    Path token = Files.writeString(folder.resolve("webhook-token"), "hunter2-of-the-listener");
    registries =
        """
        watcher:
          webhooks:
            listen: 127.0.0.1:5052
            credentials: {token-file: %s}
        registries:
          - {name: core, host: harbor.example.com, notifications: harbor, notification-secret-file: %s}
          - {name: hub, host: docker.io, notifications: dockerhub, notification-secret-file: %s}
          - {name: plain, host: registry.example.com}
        rules:
          - {match: "harbor.example.com/team/**", copies: 2}
        """
            .formatted(token, secret, secret);
  }

  private String config() throws Exception {
    return Files.writeString(folder.resolve("longshore.yaml"), registries).toString();
  }

  @Test
  void printsAddressHeaderAndStepsAndNoSecret() throws Exception {
    assertThat(command.run("webhook", "harbor", "--host", "longshore.example.com", "-c", config()))
        .as(command.err())
        .isZero();

    assertThat(command.out())
        .contains("address  http://longshore.example.com:5052/hooks/core\n")
        .contains(
            "header   Authorization: Bearer <the content of " + folder.resolve("core-secret") + ">")
        .contains("Endpoint URL: http://longshore.example.com:5052/hooks/core")
        .contains("Then: longshore webhook harbor --registry core --test")
        .doesNotContain("hunter2", "first ");
  }

  @Test
  void aSenderWithoutHeadersShowsTheSecretInTheAddress() throws Exception {
    assertThat(command.run("webhook", "dockerhub", "-c", config())).as(command.err()).isZero();

    assertThat(command.out())
        .contains("/hooks/hub/<the content of " + folder.resolve("core-secret") + ">")
        .contains("none: the address shows the secret")
        .doesNotContain("hunter2");
  }

  @Test
  void theListenersTokenServesASenderWithoutASecretOfItsOwn() throws Exception {
    assertThat(command.run("webhook", "distribution", "-c", config())).as(command.err()).isZero();

    assertThat(command.out())
        .contains("/hooks/plain\n")
        .contains("webhook-token>")
        .doesNotContain("hunter2", "first ");
  }

  @Test
  void saysWhatTheConfigurationLacksFirst() throws Exception {
    assertThat(
            command.run("webhook", "github", "--registry", "plain", "--json", "--config", config()))
        .as(command.err())
        .isZero();

    JsonNode answer = new ObjectMapper().readTree(command.out());
    assertThat(answer.path("missing").path(0).asText())
        .isEqualTo("set notifications: github for registry plain; it is distribution");
    assertThat(answer.path("missing").path(1).asText()).contains("notification-secret-file");
    assertThat(answer.path("steps")).hasSizeGreaterThan(3);
  }

  @ParameterizedTest
  @EnumSource(NotificationFormat.class)
  void theStepsOfEachSenderHaveTheAddressAndSayWhereTheSecretGoes(NotificationFormat sender)
      throws Exception {
    registries =
        """
        registries:
          - {name: its, host: its.example.com, notifications: %s, notification-secret-file: %s%s}
        """
            .formatted(
                sender.text(),
                folder.resolve("core-secret"),
                sender == NotificationFormat.JSON
                    ? ", notification-mapping: {repository: /name, tag: /tag}"
                    : "");

    assertThat(command.run("webhook", sender.text(), "--host", "l.example", "-c", config()))
        .as(command.err())
        .isZero();

    String secret = "<the content of " + folder.resolve("core-secret") + ">";
    String steps = command.out().substring(command.out().indexOf("\n\n"));
    assertThat(steps)
        .contains("http://l.example:5052/hooks/its")
        .containsAnyOf(
            "Bearer " + secret, "Secret: " + secret, "http://l.example:5052/hooks/its/" + secret)
        .contains("Then: longshore webhook " + sender.text() + " --registry its --test")
        .doesNotContain("hunter2", "first ");
    assertThat(Files.readString(Path.of("../docs/senders.md")))
        .as("the document has its steps too")
        .contains("(`" + sender.text() + "`)");
  }

  /** Nexus can set no header; what it is told must be what opens its webhook. */
  @ParameterizedTest
  @CsvSource({
    "json, signature-header: X-Nexus-Webhook-Signature, 'header   none: it signs', 'Secret: SECRET"
        + " (it signs the body, in the header X-Nexus-Webhook-Signature)'",
    "json, secret-header: X-Own-Secret, 'header   X-Own-Secret: SECRET', '  X-Own-Secret: SECRET'",
    "cloudevents, signature-header: X-Own-Signature, 'header   none: it signs', 'Secret: SECRET (it"
        + " signs the body, in the header X-Own-Signature)'",
    "cloudevents, secret-header: X-Own-Secret, 'header   X-Own-Secret: SECRET', '  X-Own-Secret:"
        + " SECRET'"
  })
  void aSenderWithAMappingProvesItselfAsTheMappingSays(
      String sender, String proof, String header, String step) throws Exception {
    registries =
        """
        registries:
          - name: its
            host: its.example.com
            notifications: %s
            notification-secret-file: %s
            notification-mapping: {repository: /name, tag: /tag, %s}
        """
            .formatted(sender, folder.resolve("core-secret"), proof);

    assertThat(command.run("webhook", sender, "-c", config())).as(command.err()).isZero();

    String secret = "<the content of " + folder.resolve("core-secret") + ">";
    assertThat(command.out())
        .contains(header.replace("SECRET", secret), step.replace("SECRET", secret))
        .doesNotContain("Authorization", "Bearer");
  }

  @ParameterizedTest
  @CsvSource({
    "artifactory, artifactory is no known sender",
    "quay, it is not clear which registry is meant",
    "harbor --registry nobody, no registry is called nobody"
  })
  void saysInOneSentenceWhatIsMissing(String line, String sentence) throws Exception {
    assertThat(command.run(("webhook " + line + " -c " + config()).split(" "))).isEqualTo(2);

    assertThat(command.err()).startsWith("longshore: " + sentence);
    assertThat(command.err().strip().lines()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "HINT, push of team/app:v1, 0, arrived",
    "NOTHING, nothing about a push or deletion, 3, arrived",
    "NOT_UNDERSTOOD, Harbor has no event 'X', 1, arrived",
    "REFUSED, it showed neither the secret nor a signature, 1, refused"
  })
  void theTestSaysWhatArrivesAndWhatItWouldDo(Outcome outcome, String what, int code, String begin)
      throws Exception {
    try (AskedService service = new AskedService(folder)) {
      service.deliveries.add("core", "harbor", Outcome.HINT, "an earlier one", List.of());

      assertThat(
              test(
                  service,
                  () -> {
                    service.deliveries.add(
                        "hub", "dockerhub", Outcome.HINT, "another's", List.of());
                    service.deliveries.add(
                        "core",
                        "harbor",
                        outcome,
                        what,
                        outcome == Outcome.HINT ? List.of("team/app:v1") : List.of());
                  }))
          .isEqualTo(code);
    }

    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("harbor: " + what)
        .startsWith(begin)
        .doesNotContain("earlier", "another's");
    if (outcome == Outcome.HINT) {
      assertThat(out.toString(StandardCharsets.UTF_8))
          .contains("would     look at harbor.example.com/team/app:v1; ")
          .contains("copies 2");
    }
  }

  @Test
  void theTestEndsWhenNothingComes() throws Exception {
    try (AskedService service = new AskedService(folder)) {
      String config = service.config(AskedService.OPEN, registries).toString();

      assertThat(command.run("webhook", "harbor", "--test", "--wait", "0", "-c", config))
          .isEqualTo(1);
    }

    assertThat(command.err()).contains("nothing came to /hooks/core within 0 s");
  }

  @Test
  void theTestNeedsAWatcher() throws Exception {
    assertThat(
            command.run(
                "webhook",
                "harbor",
                "--test",
                "-c",
                config(),
                "--set",
                "health.listen=127.0.0.1:1"))
        .isEqualTo(1);

    assertThat(command.err()).contains("the watcher does not answer at health.listen");
  }

  /** Runs the test of the registry core; what comes, comes once it waits. */
  private int test(AskedService service, Runnable comes) throws Exception {
    PrintStream err =
        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8) {
          @Override
          public void println(String line) {
            super.println(line);
            if (line.startsWith("waiting for a notification to /hooks/core")) {
              comes.run();
            }
          }
        };
    return LongshoreCommand.run(
        new String[] {
          "webhook",
          "harbor",
          "--test",
          "--config",
          service.config(AskedService.OPEN, registries).toString()
        },
        new PrintStream(out, true, StandardCharsets.UTF_8),
        err);
  }
}
