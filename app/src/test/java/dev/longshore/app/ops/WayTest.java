package dev.longshore.app.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.Origin;
import dev.longshore.events.TagState;
import dev.longshore.events.TagState.Notified;
import dev.longshore.testing.ManualClock;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way of an image, when its push is not known and when clocks differ. */
class WayTest {
  private static final Instant NOW = Samples.NOW;
  private static final String APP = Samples.REGISTRY + "/library/nginx:1";

  @TempDir private Path folder;
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void close() {
    client.close();
  }

  /** As told of a tag, with an image that is converted 1 s after {@code NOW}. */
  private JsonNode way(@Nullable Instant pushed, Instant hinted, Instant observed)
      throws Exception {
    TagState plain = Samples.tag("library/nginx", "1", 1);
    TagState tag =
        new TagState(
            plain.name(),
            plain.tag(),
            plain.digest(),
            plain.mediaType(),
            plain.size(),
            List.of(),
            false,
            Origin.WEBHOOK,
            hinted,
            observed,
            List.of(),
            observed,
            pushed == null ? null : new Notified("harbor", pushed));
    try (PageBed page = new PageBed(folder, PageBed.OPEN, "", new ManualClock(NOW))) {
      page.put(tag, Samples.image(1), Samples.pin(1, 1, 1));
      HttpResponse<String> answer = page.get(client, "/api/image?image=" + APP);
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      return new ObjectMapper().readTree(answer.body());
    }
  }

  private static JsonNode step(JsonNode answer, String name) {
    for (JsonNode step : answer.path("way")) {
      if (step.path("step").asText().equals(name)) {
        return step;
      }
    }
    throw new AssertionError("no step " + name + " in " + answer.path("way"));
  }

  private static double differ(JsonNode answer, String name) {
    return step(answer, name).path("clocksDifferSeconds").asDouble(0);
  }

  @Test
  void aPushThatNobodyToldOfIsNotKnownAndNotTheFirstLook() throws Exception {
    JsonNode answer = way(null, NOW, NOW.plusMillis(20));

    assertThat(answer.path("pushKnown").asBoolean(true)).isFalse();
    assertThat(step(answer, "pushed").path("at").isNull()).isTrue();
    assertThat(way(NOW.minusSeconds(3), NOW, NOW).path("pushKnown").asBoolean()).isTrue();
  }

  @Test
  void ofClocksThatAgreeNothingIsMarked() throws Exception {
    JsonNode answer = way(NOW.minusSeconds(3), NOW, NOW.plusMillis(20));

    assertThat(answer.path("way").findValues("clocksDifferSeconds")).isEmpty();
  }

  @Test
  void aSenderWhoseClockIsAheadTellsOfNoPush() throws Exception {
    JsonNode answer = way(NOW.plusSeconds(3600), NOW, NOW.plusSeconds(1));

    assertThat(answer.path("pushKnown").asBoolean(true)).isFalse();
    assertThat(differ(answer, "observed")).isEqualTo(3599);
  }

  @Test
  void aWatcherWhoseClockIsAheadOfTheConvertersIsMarkedByHowMuchAtLeast() throws Exception {
    Instant made = Samples.image(1).convertedAt();
    JsonNode answer = way(null, made.plusSeconds(7), made.plusSeconds(8));

    assertThat(differ(answer, "converted")).isEqualTo(7);
  }

  @Test
  void anImageThatWasMadeForAnotherNameLongBeforeSaysNothingOfClocks() throws Exception {
    Instant late = Samples.image(1).convertedAt().plus(Duration.ofHours(1));

    assertThat(way(null, late, late).path("way").findValues("clocksDifferSeconds")).isEmpty();
  }
}
