package dev.longshore.app.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.catalog.testing.Samples;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageReadingTest {
  private static final String IMAGE = Samples.REGISTRY + "/team/app:v1";
  private static final List<String> VIEWS =
      List.of(
          "/api/now",
          "/api/sites",
          "/api/failures",
          "/api/decisions",
          "/api/search?text=team",
          "/api/image?image=" + IMAGE);

  @TempDir private Path folder;
  private final Clock clock = Clock.systemUTC();
  private final HttpClient client = HttpClient.newHttpClient();

  private JsonNode view(PageBed page, String path) throws Exception {
    return new JsonMapper().readTree(page.get(client, path).body());
  }

  /** Nothing read is not nothing there: an empty page in green would be false. */
  @Test
  void aPageThatHasNotReadAllSaysSoInPlaceOfFigures() throws Exception {
    try (PageBed page = PageBed.unread(folder, clock)) {
      page.cannotRead("Kafka is away");
      for (String path : VIEWS) {
        JsonNode reading = view(page, path).path("reading");
        assertThat(reading.path("whole").asBoolean(true)).as(path).isFalse();
        assertThat(reading.path("problem").asText()).as(path).isEqualTo("Kafka is away");
      }
      assertThat(view(page, "/api/now").path("known").has("value")).isFalse();

      page.catalog().writer().complete(clock.instant());
      JsonNode now = view(page, "/api/now");
      assertThat(now.path("reading").path("whole").asBoolean()).isTrue();
      assertThat(now.path("known").path("value").path("images").asInt(-1)).isZero();
    }
  }

  @Test
  void aPageThatCannotReadOnShowsWhatItKnowsAndSaysWhy() throws Exception {
    try (PageBed page = new PageBed(folder, PageBed.OPEN, "", clock)) {
      page.put(Samples.tag("team/app", "v1", 1), Samples.image(1));
      assertThat(view(page, "/api/now").path("reading").path("problem").isNull()).isTrue();

      page.cannotRead("Kafka went away");
      JsonNode now = view(page, "/api/now");
      assertThat(now.path("reading").path("problem").asText()).isEqualTo("Kafka went away");
      assertThat(now.path("reading").path("whole").asBoolean()).isTrue();
      assertThat(now.path("known").path("value").path("images").asInt()).isEqualTo(1);
    }
  }
}
