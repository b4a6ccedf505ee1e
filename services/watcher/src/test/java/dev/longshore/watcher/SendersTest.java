package dev.longshore.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.runtime.config.JsonMapping;
import dev.longshore.watcher.sender.Delivery;
import dev.longshore.watcher.sender.MappedJson;
import dev.longshore.watcher.sender.NotUnderstoodException;
import dev.longshore.watcher.sender.NotUnderstoodException.Reason;
import dev.longshore.watcher.sender.NotifiedChange;
import dev.longshore.watcher.sender.ParsedNotification;
import dev.longshore.watcher.sender.Sender;
import dev.longshore.watcher.sender.Signature;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the notifications of each sender tell. */
class SendersTest {
  @ParameterizedTest
  @MethodSource("dev.longshore.watcher.Golden#all")
  void aNotificationTellsWhatItsMakerSays(Golden golden) {
    ParsedNotification told = golden.form().told(delivery(golden, golden.body()));

    assertThat(told.problem().map(NotUnderstoodException::problem)).isEmpty();
    assertThat(told.changes())
        .extracting(change -> Golden.shortened(change.text()))
        .containsExactlyElementsOf(golden.tells());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          acr-push        | quay        | EVENT | no updated_tags
          gitea-push      | gitea       | EVENT | about no package
          gitea-push      | github      | EVENT | Packages and Registry packages
          harbor-push     | dockerhub   | BODY  | push_data
          dockerhub-push  | harbor      | EVENT | Harbor has no event ''
          dockerhub-push  | zot         | BODY  | no CloudEvent
          dockerhub-push  | cloudevents | BODY  | neither a CloudEvent nor a CDEvent
          acr-event-grid  | cloudevents | BODY  | neither a CloudEvent nor a CDEvent
          ecr-push        | acr         | EVENT | action ''
          nexus-created   | artifact-registry | BODY | no text at /message/data
          """)
  void whatAnotherSendsIsNamed(String file, String sender, Reason reason, String what) {
    ParsedNotification told =
        Sender.of(Golden.settings(sender))
            .told(new Delivery("application/json", Golden.bytes(file)));

    assertThat(told.changes()).isEmpty();
    assertThat(told.problem()).map(NotUnderstoodException::reason).contains(reason);
    assertThat(told.text()).contains(what);
  }

  @Test
  void anEventThatIsUnknownDoesNotHideTheOthersOfItsBatch() {
    ParsedNotification told =
        Sender.of(Golden.settings("cloudevents"))
            .told(
                new Delivery(
                    "application/cloudevents-batch+json", Golden.bytes("cloudevents-batch")));

    assertThat(told.changes())
        .extracting(change -> Golden.shortened(change.text()))
        .containsExactly("push of dock/crane:v3@D1", "push of dock/crane:v4@D2");
    assertThat(told.problem()).map(NotUnderstoodException::reason).contains(Reason.EVENT);
    assertThat(told.text()).contains("'com.quay-side.weather'");
  }

  @Test
  void aCloudEventMayCarryItsDataInBase64() {
    String data = Base64.getEncoder().encodeToString(Golden.bytes("zot-updated-binary"));
    String event =
        "{\"specversion\":\"1.0\",\"type\":\"zotregistry.image.updated\",\"data_base64\":\"%s\"}"
            .formatted(data);

    ParsedNotification told = told("zot", "application/cloudevents+json", event);

    assertThat(told.changes()).extracting(NotifiedChange::repository).containsExactly("dock/crane");
  }

  @Test
  void aDigestWithoutAnyTagIsAPushOfTheDigest() {
    JsonMapping mapping =
        new JsonMapping(
            null, null, "/name", "/tags", "/digest", List.of(), null, List.of(), List.of(),
            List.of(), null, null);
    String digest = "sha256:" + "1f".repeat(32);
    String event = "{\"name\":\"dock/crane\",\"tags\":[],\"digest\":\"%s\"}".formatted(digest);

    ParsedNotification told =
        new MappedJson(mapping)
            .told(new Delivery("application/json", event.getBytes(StandardCharsets.UTF_8)));

    assertThat(told.changes())
        .extracting(change -> String.valueOf(change.digest()))
        .containsExactly(digest);
  }

  @Test
  void aHostInANotificationDoesNotChooseTheRegistry() {
    ParsedNotification told =
        told(
            "github",
            "application/json",
            new String(Golden.bytes("github-package"), StandardCharsets.UTF_8)
                .replace("ghcr.io", "registry.attacker.example:8443"));

    assertThat(told.changes())
        .extracting(NotifiedChange::repository)
        .containsExactly("quay-side/crane");
  }

  @Test
  void namesOfTwoRepositoriesInOneEventAreNotJoined() {
    String event =
        "{\"action\":\"INSERT\",\"tag\":\"h.example/a/b:v1\",\"digest\":\"h.example/a/c@D\"}";
    String data = Base64.getEncoder().encodeToString(event.getBytes(StandardCharsets.UTF_8));

    ParsedNotification told =
        told("artifact-registry", "application/json", "{\"message\":{\"data\":\"" + data + "\"}}");

    assertThat(told.changes()).isEmpty();
    assertThat(told.text()).contains("two repositories: 'a/b' and 'a/c'");
  }

  /**
   * Go's zero time, a registry without a clock, and one that lies: {@code history} counts on it.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0001-01-01T00:00:00Z",
        "1970-01-01T00:00:01Z",
        "9999-12-31T23:59:59Z",
        "+1000000000-12-31T23:59:59Z",
        "yesterday",
        ""
      })
  void aTimeThatCannotBeIsNone(String time) {
    String event =
        new String(Golden.bytes("distribution-push"), StandardCharsets.UTF_8)
            .replaceAll("(\"timestamp\": *)\"[^\"]*\"", "$1\"" + time + "\"");

    assertThat(event).contains("\"" + time + "\"");
    assertThat(told("distribution", "application/json", event).changes())
        .singleElement()
        .satisfies(change -> assertThat(change.at()).isNull());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          harbor  | {"type":"PUSH_ARTIFACT","event_data":{"repository":{"repo_full_name":"dock/crane"},"resources":[{"tag":"v1"},{"tag":"no tag"},{"tag":"v3"}]}}
          quay    | {"namespace":"dock","repository":"dock/crane","updated_tags":["v1","no tag","v3"]}
          quay    | {"namespace":"dock","repository":"dock/crane","updated_tags":{"v1":"a","no tag":"b","v3":"c"}}
          """)
  void aNameThatCannotBeHidesNoOtherOfItsNotification(String sender, String body) {
    ParsedNotification told = told(sender, "application/json", body);

    assertThat(told.changes())
        .extracting(NotifiedChange::text)
        .containsExactly("push of dock/crane:v1", "push of dock/crane:v3");
    assertThat(told.problem()).map(NotUnderstoodException::reason).contains(Reason.IMAGE);
    assertThat(told.text()).contains("no tag");
  }

  /** What Nexus signs; a text in it may have blanks, quotes and backslashes. */
  @Test
  void blanksBetweenThePartsOfJsonAreLeftOutAndThoseInItsTextsStay() {
    String spaced = "{ \"a\" :\t\"x \\\" y \",\r\n \"b\": [ \"\\\\\" , 1 ] }";

    assertThat(Signature.compact(spaced.getBytes(StandardCharsets.UTF_8)))
        .asString(StandardCharsets.UTF_8)
        .isEqualTo("{\"a\":\"x \\\" y \",\"b\":[\"\\\\\",1]}");
  }

  @Test
  void aFormIsToldToBeSentAsJson() {
    ParsedNotification told = told("github", "application/x-www-form-urlencoded", "payload=%7B%7D");

    assertThat(told.text()).contains("application/json at the sender");
  }

  private static ParsedNotification told(String sender, String contentType, String body) {
    return Sender.of(Golden.settings(sender))
        .told(new Delivery(contentType, body.getBytes(StandardCharsets.UTF_8)));
  }

  private static Delivery delivery(Golden golden, byte[] body) {
    return new Delivery(
        golden.contentType(), name -> Optional.ofNullable(golden.headers().get(name)), body);
  }
}
