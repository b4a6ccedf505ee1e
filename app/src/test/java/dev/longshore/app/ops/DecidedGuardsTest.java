package dev.longshore.app.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.PeerPhase;
import dev.longshore.events.PeerState;
import dev.longshore.model.PeerName;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.testing.ManualClock;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What guards stop, after decisions. Time stands still here, so nothing is counted anew because it
 * is old.
 */
@Timeout(60)
class DecidedGuardsTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private static final String PEERS =
      """
      peers:
        - {name: peer-0, zone: a, rpc: "http://127.0.0.1:1", gateway: "http://127.0.0.1:2"}
        - {name: peer-1, zone: b, rpc: "http://127.0.0.1:3", gateway: "http://127.0.0.1:4"}
      """;

  @TempDir private Path folder;
  private final HttpClient client = HttpClient.newHttpClient();
  private PageBed bed;

  @BeforeEach
  void open() throws Exception {
    bed = new PageBed(folder, PageBed.OPEN, PEERS, new ManualClock(Samples.NOW));
    bed.put(Samples.tag("library/nginx", "1", 1), Samples.image(1), Samples.pin(1, 2, 2));
    bed.put(lost("peer-0"), lost("peer-1"));
  }

  @AfterEach
  void close() throws Exception {
    client.close();
    bed.close();
  }

  private static PeerState lost(String name) {
    return new PeerState(
        new PeerName(name),
        null,
        List.of(),
        "a",
        PeerPhase.LOST,
        Samples.NOW,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  private JsonNode guards() throws Exception {
    return json(bed.get(client, "/api/now")).at("/guards/value");
  }

  private static JsonNode json(HttpResponse<String> answer) throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return new JsonMapper().readTree(answer.body());
  }

  private JsonNode await(Predicate<JsonNode> expected) throws Exception {
    return Eventually.answer(
            LIMIT, this::guards, found -> found.size() == 1 && expected.test(found.get(0)))
        .get(0);
  }

  private static boolean isConfirmed(JsonNode guard) {
    return guard.path("confirmed").asBoolean();
  }

  /** Kafka may tell a moment later than whoever decided gets the answer. */
  @Test
  void theyAreCountedAnewOnceADecisionIsKnownHoweverShortlyAgoTheyWereCounted() throws Exception {
    JsonNode guard = await(one -> !isConfirmed(one));
    bed.hearsLate();
    String wish =
        "{\"action\": \"confirm\", \"subject\": \"%s\", \"reason\": \"x\", \"expected\": [\"2\"]}"
            .formatted(guard.path("id").asText());
    assertThat(json(bed.post(client, "/api/decide", wish)).path("outcome").asText())
        .isEqualTo("decided");
    assertThat(guards()).allSatisfy(one -> assertThat(isConfirmed(one)).isFalse());

    bed.put(bed.decided().getLast());

    assertThat(await(DecidedGuardsTest::isConfirmed).path("id")).isEqualTo(guard.path("id"));
  }
}
