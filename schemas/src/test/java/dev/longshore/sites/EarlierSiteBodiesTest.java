package dev.longshore.sites;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Sites and hubs are not updated at once. {@code golden/sites-earlier} has the bodies that the
 * first builds with sites wrote, and the schemas by which they read; neither is ever changed. A
 * release adds what it writes when it is made.
 */
class EarlierSiteBodiesTest {
  private static final Path EARLIER = Path.of("golden", "sites-earlier");
  private static final ObjectMapper PLAIN = new ObjectMapper();

  /** What sites were told and never read; hubs have not sent it since. */
  private static final Set<String> UNREAD = Set.of("critical", "lagTargetSeconds");

  static List<Path> earlier() throws IOException {
    try (Stream<Path> files = Files.list(EARLIER)) {
      return files.filter(file -> !file.toString().endsWith(".schema.json")).sorted().toList();
    }
  }

  static List<Path> ofToday() throws IOException {
    return SiteBodiesTest.goldens().stream()
        .filter(file -> Files.exists(earlierSchema(file)))
        .toList();
  }

  private static Path earlierSchema(Path golden) {
    return EARLIER.resolve(SiteBodiesTest.body(golden) + ".v1.schema.json");
  }

  @ParameterizedTest
  @MethodSource("earlier")
  void whatAnEarlierOneWritesIsReadWithNothingLost(Path golden) throws Exception {
    byte[] json = Files.readAllBytes(golden);
    assertThat(SiteBodiesTest.wrong(earlierSchema(golden), json)).isEmpty();
    String body = SiteBodiesTest.body(golden);
    assertThat(SiteBodiesTest.wrong(Path.of("sites", body + ".v1.schema.json"), json)).isEmpty();

    Record read = SiteJson.read(json, SiteBodiesTest.BODIES.get(body));

    List<String> lost = new ArrayList<>();
    compare(body, PLAIN.readTree(json), PLAIN.readTree(SiteJson.write(read)), lost);
    assertThat(lost).isEmpty();
  }

  private static void compare(String where, JsonNode before, JsonNode now, List<String> lost) {
    if (before.isObject()) {
      for (var field : before.properties()) {
        if (!UNREAD.contains(field.getKey())) {
          String within = where + "." + field.getKey();
          compare(within, field.getValue(), now.path(field.getKey()), lost);
        }
      }
    } else if (before.isArray() && before.size() == now.size()) {
      for (int i = 0; i < before.size(); i++) {
        compare(where + "[" + i + "]", before.get(i), now.get(i), lost);
      }
    } else if (!before.equals(now)) {
      lost.add(where + ": " + before + ", read as " + now);
    }
  }

  @ParameterizedTest
  @MethodSource("ofToday")
  void whatTodaysWriteHasAllThatAnEarlierOneNeeds(Path golden) throws Exception {
    assertThat(SiteBodiesTest.wrong(earlierSchema(golden), Files.readAllBytes(golden))).isEmpty();
  }

  /** Guards the files themselves. */
  @Test
  void bothWaysAreThere() throws Exception {
    assertThat(earlier())
        .extracting(SiteBodiesTest::body)
        .contains("join", "admission", "changes", "leaves", "report");
    assertThat(ofToday()).hasSizeGreaterThan(10);
  }
}
