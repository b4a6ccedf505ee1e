package dev.longshore.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.PeerName;
import dev.longshore.model.RepositoryName;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventJsonTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.120Z");
  private static final PinState PIN =
      new PinState(
          ImageDag.stored("bafydag"),
          3,
          List.of(
              new PinState.Copy(
                  new PeerName("site-a"),
                  "a",
                  "12D3",
                  List.of(),
                  CopyStatus.PINNING,
                  0,
                  null,
                  NOW)),
          new PeerName("site-a"),
          false,
          NOW);

  @Test
  void outputIsDeterministicWithoutAbsentFields() throws Exception {
    assertThat(new String(EventJson.write(PIN), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"imageDag\":\"bafydag\",\"wanted\":3,\"copies\":[{\"peer\":\"site-a\","
                + "\"site\":\"a\",\"peerId\":\"12D3\",\"addresses\":[],\"status\":\"pinning\","
                + "\"bytes\":0,\"changedAt\":\"2026-03-01T12:00:00.120Z\"}],"
                + "\"ingestPeer\":\"site-a\",\"ingestReleased\":false,"
                + "\"changedAt\":\"2026-03-01T12:00:00.120Z\"}");
  }

  @ParameterizedTest
  @CsvSource({
    "HINT, dev.longshore.hint.v1",
    "OBSERVED, dev.longshore.observed.v1",
    "CONVERTED, dev.longshore.converted.v1",
    "FAILED, dev.longshore.failed.v1",
    "TAG, dev.longshore.tag.v1",
    "IMAGE, dev.longshore.image.v1",
    "BLOB, dev.longshore.blob.v1",
    "PIN, dev.longshore.pin.v1",
    "COPIES, dev.longshore.copies.v1",
    "PEER, dev.longshore.peer.v1",
    "SERVED, dev.longshore.served.v1",
    "SITE, dev.longshore.site.v1",
    "SITECREDENTIALS, dev.longshore.sitecredentials.v1",
    "DECISION, dev.longshore.decision.v1",
    "POLL, dev.longshore.poll.v1",
    "PULL, dev.longshore.pull.v1",
    "AUDIT, dev.longshore.audit.v1"
  })
  void typeNamesNeverChange(EventType type, String name) {
    assertThat(type.typeName()).isEqualTo(name);
    assertThat(EventType.named(name)).contains(type);
    assertThat(EventJson.type(type.recordClass())).isEqualTo(name);
  }

  @Test
  void aRecordIsReadByItsTypeName() throws Exception {
    assertThat(EventJson.read(EventJson.write(PIN), "dev.longshore.pin.v1")).isEqualTo(PIN);
    assertThat(EventType.of(PIN)).isEqualTo(EventType.PIN);
    assertThatThrownBy(() -> EventJson.read(EventJson.write(PIN), "dev.longshore.pin.v2"))
        .isInstanceOf(MalformedEventException.class)
        .hasMessageContaining("dev.longshore.pin.v2 is not known");
  }

  @Test
  void aRecordOfExactlyTheLimitPassesAndOneByteMoreDoesNot() throws Exception {
    int room = EventJson.LIMIT - EventJson.write(failed("")).length;
    byte[] largest = EventJson.write(failed("x".repeat(room)));
    assertThat(largest).hasSize(64 * 1024);
    assertThat(EventJson.read(largest, Failed.class).message()).hasSize(room);

    assertThatThrownBy(() -> EventJson.write(failed("x".repeat(room + 1))))
        .isInstanceOf(MalformedEventException.class)
        .hasMessage("writing Failed: 65537 bytes (expected: at most 65536)");
    byte[] tooLong = Arrays.copyOf(largest, largest.length + 1);
    tooLong[largest.length] = ' ';
    assertThatThrownBy(() -> EventJson.read(tooLong, Failed.class))
        .isInstanceOf(MalformedEventException.class)
        .hasMessage("reading Failed: 65537 bytes (expected: at most 65536)");
  }

  @Test
  void theLargestHintFits() throws Exception {
    String body = Base64.getEncoder().encodeToString(new byte[Hint.BODY_LIMIT]);
    Hint hint = new Hint(Origin.WEBHOOK, "localhost:5055", "app", "text/plain", body, true, NOW);

    assertThat(hint.bytes()).hasSize(Hint.BODY_LIMIT);
    assertThat(EventJson.read(EventJson.write(hint), Hint.class)).isEqualTo(hint);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[]|ARRAY (expected: a JSON object)",
        "|MISSING (expected: a JSON object)",
        "{|not JSON",
        "{} {}|not JSON",
        "{\"wanted\":1,\"wanted\":2}|not JSON",
        "{\"imageDag\":\"x\"}|field wanted is missing",
        "{\"imageDag\":null,\"wanted\":1}|field imageDag is missing",
        "{\"imageDag\":\"x\",\"wanted\":1,\"copies\":7}|PinState.copies: NUMBER (expected: a list)",
        "{\"imageDag\":\"x\",\"wanted\":1,\"copies\":{}}|PinState.copies: OBJECT (expected: a"
            + " list)",
      })
  void whatIsWrongIsSaid(String json, String expected) {
    byte[] bytes = json == null ? new byte[0] : json.getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> EventJson.read(bytes, PinState.class))
        .isInstanceOf(MalformedEventException.class)
        .hasMessageStartingWith("reading PinState")
        .hasMessageContaining(expected);
  }

  @Test
  void aRecordThatIsAListIsRefusedWithItsName() throws Exception {
    Observed observed =
        new Observed(
            RepositoryName.stored("r", "app"),
            null,
            Digest.stored("sha256:0"),
            "text/plain",
            1,
            Origin.PUSH,
            NOW,
            NOW,
            null);
    String good = new String(EventJson.write(observed), StandardCharsets.UTF_8);
    byte[] bad = good.replaceFirst("}$", ",\"request\":[]}").getBytes(StandardCharsets.UTF_8);

    assertThatThrownBy(() -> EventJson.read(bad, Observed.class))
        .isInstanceOf(MalformedEventException.class)
        .hasMessage("reading Observed.request: ARRAY (expected: a JSON object)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"wanted\":\"3\"",
        "\"wanted\":3.5",
        "\"wanted\":true",
        "\"wanted\":99999999999",
        "\"imageDag\":7",
        "\"imageDag\":true",
        "\"imageDag\":[]",
        "\"ingestReleased\":0",
        "\"ingestReleased\":\"false\"",
        "\"changedAt\":1700000000",
        "\"changedAt\":\"\"",
        "\"changedAt\":\"2026-03-01\"",
        "\"copies\":{}",
        "\"copies\":[null]",
        "\"copies\":[7]",
        "\"copies\":[{}]"
      })
  void aFieldOfAnotherTypeIsRefusedWithItsName(String field) throws Exception {
    String name = field.substring(1, field.indexOf('"', 1));
    String good = new String(EventJson.write(PIN), StandardCharsets.UTF_8);
    String bad =
        name.equals("copies")
            ? good.replaceAll("\"copies\":\\[.*}],", field + ",")
            : good.replaceFirst("(.*)\"" + name + "\":[^,}]*", "$1" + field);
    assertThat(bad).isNotEqualTo(good);

    assertThatThrownBy(() -> EventJson.read(bad.getBytes(StandardCharsets.UTF_8), PinState.class))
        .isInstanceOf(MalformedEventException.class)
        .hasMessageContaining(name);
  }

  @Test
  void aHintWhoseBodyIsNotBase64OrTooLongIsRefused() {
    assertThatThrownBy(
            () -> new Hint(Origin.POLL, "docker.io", null, "text/plain", "%%", false, NOW))
        .isInstanceOf(IllegalArgumentException.class);
    String tooLong = "AAAA".repeat(Hint.BODY_LIMIT / 3 + 1);
    assertThatThrownBy(
            () -> new Hint(Origin.POLL, "docker.io", null, "text/plain", tooLong, false, NOW))
        .hasMessage("body: 40962 bytes (expected: at most 40960)");
  }

  /** As it was not recorded at first; an index may name nothing, too. */
  @Test
  void whatAnIndexNamesIsNoneOrUnknown() throws Exception {
    String none = Files.readString(Path.of("golden", "odd", "image.v1.names-nothing.json"));
    assertThat(children(none)).isEmpty();
    assertThat(children(none.replace("\"children\": []", "\"children\": null"))).isNull();
    assertThat(children(none.replace("\"children\": []", "\"later\": 1"))).isNull();
  }

  private static @Nullable List<Digest> children(String json) throws Exception {
    return EventJson.read(json.getBytes(StandardCharsets.UTF_8), ImageState.class).children();
  }

  @Test
  void listsOfARecordCannotBeChanged() throws Exception {
    PinState read = EventJson.read(EventJson.write(PIN), PinState.class);
    assertThatThrownBy(() -> read.copies().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  private static Failed failed(String message) {
    return new Failed("key", "convert", "REASON", message, "observed", 0, 0, NOW);
  }
}
