package dev.longshore.watcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.events.Hint;
import dev.longshore.watcher.Deliveries.Outcome;
import dev.longshore.watcher.sender.Sender;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a known sender sends and nobody understands is confirmed, counted, named and kept. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MisunderstoodNotificationsTest {
  private static final String JSON = "application/json";
  private final SenderBed bed = new SenderBed();

  @BeforeAll
  void listen() throws Exception {
    bed.listen();
  }

  @AfterAll
  void close() throws Exception {
    bed.close();
  }

  @BeforeEach
  void forget() {
    bed.forget();
  }

  @ParameterizedTest
  @MethodSource("dev.longshore.watcher.Golden#oneOfEachSender")
  void nonsenseIsConfirmedCountedAndNamed(Golden golden) throws Exception {
    String sender = golden.form().name();
    double before = bed.counted("not_understood", sender, "body");

    assertThat(bed.post(golden, "{".getBytes(StandardCharsets.UTF_8), SenderBed.listener()))
        .isEqualTo(202);

    assertThat(bed.counted("not_understood", sender, "body")).isEqualTo(before + 1);
    assertThat(bed.deliveries.notUnderstood().getLast())
        .satisfies(
            seen -> {
              assertThat(seen.registry()).isEqualTo(golden.sender());
              assertThat(seen.sender()).isEqualTo(sender);
              assertThat(seen.what()).contains("no JSON");
            });
    assertThat(bed.stored).hasSize(1); // a dead letter, to be replayed
  }

  @Test
  void anEventOfAnUnknownKindIsNamedAndNotStored() throws Exception {
    Golden golden = Golden.named("gitea-created");

    assertThat(bed.post(golden, Golden.bytes("gitea-push"), SenderBed.listener())).isEqualTo(202);

    assertThat(bed.stored).isEmpty();
    assertThat(bed.seen().outcome()).isEqualTo(Outcome.NOT_UNDERSTOOD);
    assertThat(bed.seen().what()).contains("the event Package alone");
  }

  @Test
  void whatWasNotUnderstoodIsReadWhenItIsReplayedAfterACorrection() throws Exception {
    bed.post(
        "artifact-registry",
        "application/json",
        Golden.bytes("nexus-created"),
        SenderBed.listener());
    Hint dead = bed.stored.getFirst();
    Sender corrected = Sender.of(Golden.settings("nexus"));

    assertThat(new HintReader(SenderBed.HOST, corrected).read(dead))
        .extracting(target -> target.name().repository())
        .containsExactly("dock/crane");
  }

  @Test
  void ofABatchWhatWasNotUnderstoodBecomesADeadLetterThoughTheRestWas() throws Exception {
    String event =
        "{\"specversion\":\"1.0\",\"type\":\"zotregistry.image.updated\",\"data\":{\"name\":\"%s\",\"reference\":\"v1\"}}";
    String batch = "[" + event.formatted("dock/crane") + "," + event.formatted("") + "]";

    bed.post(
        "zot", "application/cloudevents-batch+json", SenderBed.bytes(batch), SenderBed.listener());

    assertThat(bed.stored).hasSize(2);
    assertThat(bed.looks(Golden.named("zot-updated"), bed.stored.getFirst())).hasSize(1);
    assertThatThrownBy(
            () ->
                new HintReader(SenderBed.HOST, bed.sources.get("zot").sender())
                    .read(bed.stored.getLast()))
        .isInstanceOf(MalformedHintException.class)
        .hasMessageContaining("names no repository");
  }

  @Test
  void aCloudEventInHeadersIsReadWhenItIsReplayedAfterACorrection() throws Exception {
    Golden golden = Golden.named("zot-updated-binary");
    Map<String, String> headers = new HashMap<>(golden.headers());
    headers.putAll(SenderBed.listener());

    bed.post("dockerhub", golden.contentType(), golden.body(), headers);

    assertThat(bed.stored).hasSize(1);
    assertThat(bed.looks(golden, bed.stored.getFirst())).hasSameSizeAs(golden.tells());
  }

  @Test
  void whatIsNotUnderstoodAndTooLongToKeepIsOnlyCountedAndNamed() throws Exception {
    double before = bed.counted("not_understood", "harbor", "body");

    assertThat(
            bed.post(
                "harbor", "application/json", new byte[Hint.BODY_LIMIT + 1], SenderBed.listener()))
        .isEqualTo(202);

    assertThat(bed.stored).isEmpty();
    assertThat(bed.counted("not_understood", "harbor", "body")).isEqualTo(before + 1);
    assertThat(bed.seen().outcome()).isEqualTo(Outcome.NOT_UNDERSTOOD);
  }

  @ParameterizedTest
  @CsvSource({"distribution, distribution", "quay, quay", "typo, ''"})
  void whoSendsNonsenseWithoutEndDoesNotFillKafka(String name, String sender) throws Exception {
    bed.clock.advance(Duration.ofHours(1)); // what other tests sent
    double before = sender.isEmpty() ? 0 : bed.counted("not_understood", sender, "body");
    for (int i = 0; i < KeptBodies.AN_HOUR + 5; i++) {
      assertThat(bed.post(name, JSON, SenderBed.bytes("{"), SenderBed.listener())).isEqualTo(202);
    }
    assertThat(bed.stored).hasSize(KeptBodies.AN_HOUR);
    if (!sender.isEmpty()) {
      assertThat(bed.counted("not_understood", sender, "body"))
          .isEqualTo(before + KeptBodies.AN_HOUR + 5);
    }
    assertThat(bed.seen().outcome()).isEqualTo(Outcome.NOT_UNDERSTOOD);

    bed.clock.advance(Duration.ofHours(1));
    bed.post(name, JSON, SenderBed.bytes("{"), SenderBed.listener());
    assertThat(bed.stored).hasSize(KeptBodies.AN_HOUR + 1);
  }

  /** Otherwise an hour's room is gone after 100 tries, and the body of the next one is lost. */
  @ParameterizedTest
  @ValueSource(strings = {"distribution", "quay", "typo"})
  void whatKafkaDidNotTakeTakesNoRoom(String name) throws Exception {
    bed.clock.advance(Duration.ofHours(1));
    bed.kafkaIsAway = true;
    for (int i = 0; i < KeptBodies.AN_HOUR + 5; i++) {
      assertThat(bed.post(name, JSON, SenderBed.bytes("{"), SenderBed.listener())).isEqualTo(503);
    }

    bed.kafkaIsAway = false;
    assertThat(bed.post(name, JSON, SenderBed.bytes("{"), SenderBed.listener())).isEqualTo(202);

    assertThat(bed.stored).hasSize(1);
  }

  /** Names that are made up have no room each. */
  @Test
  void namesThatNoRegistryHasShareTheirRoom() throws Exception {
    bed.clock.advance(Duration.ofHours(1));
    for (int i = 0; i < KeptBodies.AN_HOUR + 5; i++) {
      bed.post("typo" + i, JSON, SenderBed.bytes("{"), SenderBed.listener());
    }
    assertThat(bed.stored).hasSize(KeptBodies.AN_HOUR);
  }

  @Test
  void onlyTheLastNotificationsAreKept() throws Exception {
    for (int i = 0; i < Deliveries.KEPT + 5; i++) {
      bed.deliveries.add("core", "harbor", Outcome.HINT, "x".repeat(10_000) + "\u001b[2J");
    }

    assertThat(bed.deliveries.last()).hasSize(Deliveries.KEPT);
    assertThat(bed.seen().what()).hasSize(Deliveries.LONGEST + 3);
  }

  /** People read them in a terminal. */
  @Test
  void whatASenderMakesUpMovesNoCursor() throws Exception {
    bed.deliveries.add(
        "co\u001b[2Jre", "harbor", Outcome.NOT_UNDERSTOOD, "a\u001b]0;b\u0007\n\u202e");

    assertThat(bed.seen().registry()).isEqualTo("co?[2Jre");
    assertThat(bed.seen().what()).isEqualTo("a?]0;b???");
    assertThat(bed.deliveries.notUnderstood().getLast()).isEqualTo(bed.seen());
  }

  /** As a clock does that was wrong: a sender's room must not be gone until it is right again. */
  @Test
  void aClockThatIsSetBackTakesNoRoomForLong() throws Exception {
    bed.clock.advance(Duration.ofDays(1));
    for (int i = 0; i < KeptBodies.AN_HOUR; i++) {
      bed.post("quay", JSON, SenderBed.bytes("{"), SenderBed.listener());
    }
    assertThat(bed.stored).hasSize(KeptBodies.AN_HOUR);

    bed.clock.advance(Duration.ofHours(-2));
    bed.post("quay", JSON, SenderBed.bytes("{"), SenderBed.listener());

    assertThat(bed.stored).hasSize(KeptBodies.AN_HOUR + 1);
  }
}
