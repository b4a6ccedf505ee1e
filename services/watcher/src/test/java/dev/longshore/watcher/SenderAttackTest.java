package dev.longshore.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.EventJson;
import dev.longshore.events.Hint;
import dev.longshore.model.RepositoryName;
import dev.longshore.testing.Attack;
import dev.longshore.testing.HostileInput;
import dev.longshore.testing.HostileInputs;
import dev.longshore.watcher.sender.Delivery;
import dev.longshore.watcher.sender.DistributionEvents;
import dev.longshore.watcher.sender.NotUnderstoodException;
import dev.longshore.watcher.sender.NotifiedChange;
import dev.longshore.watcher.sender.ParsedNotification;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Notifications that no sender sends, in the form of each. */
final class SenderAttackTest {
  /** Bytes; a body of up to a megabyte is taken apart. */
  private static final long MOST_BYTES = 64L << 20;

  private static final String DIGEST = "sha256:" + "1f".repeat(32);

  /** One of each form; the CNCF registry's has a test of its own. */
  static Stream<Golden> forms() {
    return Stream.of(
            "harbor-push",
            "harbor-cloudevent",
            "zot-updated",
            "zot-updated-binary",
            "dockerhub-push",
            "quay-push",
            "github-package",
            "github-package-unversioned",
            "gitea-created",
            "cdevents-published",
            "cdevents-published-cloudevent",
            "cdevents-docker",
            "acr-push",
            "acr-event-grid",
            "ecr-push",
            "artifact-registry-push",
            "nexus-created")
        .map(Golden::named);
  }

  @ParameterizedTest
  @MethodSource("forms")
  void notificationsAreReadOrRefused(Golden golden) {
    Attack.Tally tally = attack(golden).with(inputs(golden));

    assertThat(tally.accepted()).isPositive();
    assertThat(tally.refused()).isPositive();
  }

  /** Each by every form: what one sends may be posted to the webhook of another. */
  @Test
  void damagedNotificationsAreReadOrRefused() {
    List<Golden> forms = forms().toList();
    Attack<List<ParsedNotification>> all =
        new Attack<>(
            SenderAttackTest.class,
            "services/watcher",
            body -> forms.stream().map(golden -> told(golden, body)).toList(),
            List.of(),
            MOST_BYTES,
            (read, body) -> {
              for (ParsedNotification told : read) {
                holds(told, body);
              }
            });

    Attack.Tally tally = all.mutating(forms.stream().map(Golden::body).toList());

    assertThat(tally.accepted()).isPositive();
  }

  private static Attack<ParsedNotification> attack(Golden golden) {
    return new Attack<>(
        SenderAttackTest.class,
        "services/watcher",
        body -> read(golden, body),
        List.of(NotUnderstoodException.class),
        MOST_BYTES,
        SenderAttackTest::holds);
  }

  private static ParsedNotification read(Golden golden, byte[] body) throws NotUnderstoodException {
    ParsedNotification told = told(golden, body);
    if (told.changes().isEmpty() && told.problem().isPresent()) {
      throw told.problem().get();
    }
    return told;
  }

  private static ParsedNotification told(Golden golden, byte[] body) {
    return golden
        .form()
        .told(
            new Delivery(
                golden.contentType(),
                name -> Optional.ofNullable(golden.headers().get(name)),
                body));
  }

  /** Whatever was read can be stored, and is read again as the same. */
  private static void holds(ParsedNotification told, byte[] body) throws Exception {
    assertThat(told.changes()).hasSizeLessThanOrEqualTo(1_000);
    assertThat(told.text()).hasSizeLessThan(2_000);
    for (NotifiedChange change : told.changes()) {
      if (change.isOfWholeRepository()) {
        assertThat(new RepositoryName(SenderBed.HOST, change.repository())).isNotNull();
        continue;
      }
      Hint hint =
          Webhooks.hint(
              "core",
              new Delivery(DistributionEvents.V2, DistributionEvents.write(List.of(change))),
              Instant.EPOCH);
      assertThat(hint.truncated()).isFalse();
      Hint stored = EventJson.read(EventJson.write(hint), Hint.class);
      assertThat(stored.repository()).isEqualTo(change.repository());
    }
  }

  private static List<HostileInput> inputs(Golden golden) {
    String valid = new String(golden.body(), StandardCharsets.UTF_8);
    HostileInputs inputs = new HostileInputs(Attack.seed());
    inputs.damage(golden.body());
    inputs.add("it itself", valid);
    for (String field : List.of("crane", "v3", DIGEST, "dock", "Quay-Side")) {
      inputs.each(
          field,
          HostileInputs.oddTexts(),
          text -> valid.replace(field, text.replace("\u0000", "\\u0000")));
      inputs.each(
          field + " as number",
          HostileInputs.oddNumbers(),
          number -> valid.replace("\"" + field + "\"", number));
      for (String value : List.of("null", "true", "[]", "{}", "[{}]", "[[\"v\"]]")) {
        inputs.add(field + " " + value, valid.replace("\"" + field + "\"", value));
      }
    }
    for (String value : List.of("null", "7", "\"\"", "[]", "{}", "[{}]", "[[]]", "", " ")) {
      inputs.add("body " + value, value);
    }
    inputs.add("an unknown field", valid.replaceFirst("\\{", "{\"unknown\":{\"a\":[1,{}]},"));
    inputs.add("two documents", valid + valid);
    inputs.add("a list of a thousand and one", list(valid, 1_001));
    inputs.add("a megabyte of empty objects", "[" + "{},".repeat(330_000) + "{}]");
    inputs.add("a tag of a megabyte", valid.replace("v3", "v".repeat(900_000)));
    inputs.add("a repository of a megabyte", valid.replace("crane", "a".repeat(900_000)));
    inputs.add("nesting", "[".repeat(900_000));
    inputs.add("nested objects", "{\"a\":".repeat(100_000));
    inputs.add("8 MB of nothing", new byte[8 << 20]);
    for (int factor : new int[] {31, 33}) {
      String names =
          HostileInputs.collidingNames(factor, 10).stream()
              .map(name -> "\"" + name + "\":0")
              .collect(Collectors.joining(","));
      inputs.add(
          "names of one hash, factor " + factor, valid.replaceFirst("\\{", "{" + names + ","));
    }
    return inputs.list();
  }

  private static String list(String event, int times) {
    return "[" + (event + ",").repeat(times - 1) + event + "]";
  }
}
