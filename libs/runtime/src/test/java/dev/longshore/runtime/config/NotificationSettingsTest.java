package dev.longshore.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.settings.ConfigLoader;
import dev.longshore.settings.ConfigText;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who sends a registry's notifications, as it is configured. */
class NotificationSettingsTest {
  @TempDir Path folder;

  private static String registry(String more) {
    return "registries:\n  - {name: core, host: r.example.com" + more + "}\n";
  }

  @Test
  void aRegistryWithoutASenderHasTheNotificationsOfTheCncfRegistry() throws Exception {
    SharedSettings settings =
        new ConfigLoader<>(SharedSettings.class)
            .load(new ConfigText(folder).yaml(registry("")))
            .settings();

    assertThat(settings.registries().getFirst().sender()).isEqualTo(NotificationSettings.USUAL);
  }

  @Test
  void aMappingIsTakenWithItsDefaults() throws Exception {
    String mapping =
        ", notifications: json, notification-mapping: {repository: /a~1b/0, tag: /t, action: /x,"
            + " push: [p]}";
    SharedSettings settings =
        new ConfigLoader<>(SharedSettings.class)
            .load(new ConfigText(folder).yaml(registry(mapping)))
            .settings();

    JsonMapping taken = settings.registries().getFirst().sender().notificationMapping();
    assertThat(taken.repository()).isEqualTo("/a~1b/0");
    assertThat(taken.push()).containsExactly("p");
    assertThat(taken.ignore()).containsExactly("ping");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          notifications: harbour | one of distribution, harbor, zot, dockerhub, quay, github, gitlab, gitea, cloudevents, json
          notifications: json | json needs notification-mapping
          notifications: harbor, notification-mapping: {repository: /r, tag: /t} | the form of harbor is known
          notifications: json, notification-mapping: {repository: /r} | repository with tag or digest, or references
          notifications: json, notification-mapping: {repository: /r, tag: /t, references: [/x]} | and not both
          notifications: json, notification-mapping: {repository: r, tag: /t} | a JSON pointer
          notifications: json, notification-mapping: {repository: /r, tag: /t~2} | a JSON pointer
          notifications: json, notification-mapping: {references: [x]} | a JSON pointer
          notifications: json, notification-mapping: {repository: /r, tag: /t, action: /a} | push and delete with its values
          notifications: json, notification-mapping: {repository: /r, tag: /t, push: [x]} | push and delete are values of it
          notifications: json, notification-mapping: {repository: /r, tag: /t, secret-header: authorization} | needs no setting
          notification-secret: x | notification-secret-file
          """)
  void saysWhatIsWrong(String more, String problem) {
    ConfigText config = new ConfigText(folder);

    assertThat(config.problems(SharedSettings.class, config.yaml(registry(", " + more))))
        .anyMatch(line -> line.contains(problem));
  }
}
