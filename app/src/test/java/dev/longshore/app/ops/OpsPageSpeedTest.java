package dev.longshore.app.ops;

import static dev.longshore.catalog.testing.Samples.dag;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.CopiesState;
import dev.longshore.events.CopyPhase;
import dev.longshore.events.SiteCredentialsState;
import dev.longshore.events.SiteState;
import dev.longshore.events.State;
import dev.longshore.model.PeerName;
import dev.longshore.model.SiteName;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long the first view takes, and how much it sends. {@code -Dlongshore.page.images=100000}
 * measures what the documents say.
 */
@Timeout(600)
class OpsPageSpeedTest {
  private static final int IMAGES = Integer.getInteger("longshore.page.images", 2_000);
  private static final int SITES = 200;
  private static final int BATCH = 500;
  private static final Duration AT_MOST = Duration.ofSeconds(1);
  private static final int BYTES = 200_000;

  @TempDir private Path folder;

  @Test
  void theFirstViewOfManyImagesAndSitesComesWithinASecondAndIsBounded() throws Exception {
    try (PageBed bed = new PageBed(folder, PageBed.OPEN, "", Clock.systemUTC());
        HttpClient client = HttpClient.newHttpClient()) {
      fill(bed);
      bed.catalog().writer().prepareToServe();
      assertThat(bed.get(client, "/").statusCode()).isEqualTo(200);
      for (String what : List.of("first", "second")) {
        long from = System.nanoTime();
        HttpResponse<String> answer = bed.get(client, "/api/now");
        Duration took = Duration.ofNanos(System.nanoTime() - from);
        System.out.printf(
            "%s view of %d images and %d sites: %d ms, %d bytes%n",
            what, IMAGES, SITES, took.toMillis(), answer.body().length());
        JsonNode now = new ObjectMapper().readTree(answer.body());
        assertThat(now.path("known").path("value").path("images").asInt()).isEqualTo(IMAGES);
        assertThat(now.path("known").path("value").path("short").asInt()).isEqualTo(IMAGES / 10);
        assertThat(now.path("sites").path("count").asInt()).isEqualTo(SITES);
        assertThat(took).isLessThan(AT_MOST);
        assertThat(answer.body().length()).isLessThan(BYTES);
      }
      long from = System.nanoTime();
      HttpResponse<String> found = bed.get(client, "/api/search?text=r7/image:9");
      System.out.printf("search: %d ms%n", (System.nanoTime() - from) / 1_000_000);
      assertThat(found.body()).contains("r7/image:9");
      assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(AT_MOST);
    }
  }

  private static void fill(PageBed bed) {
    List<State> states = new ArrayList<>();
    for (int n = 1; n <= IMAGES; n++) {
      int verified = n % 10 == 0 ? n / 10 % 3 : 3;
      states.add(Samples.tag("r" + n % 100 + "/image", Integer.toString(n), n));
      states.add(Samples.image(n));
      states.add(Samples.pin(n, 3, verified));
      states.add(
          new CopiesState(
              dag(n),
              IntStream.range(0, verified)
                  .mapToObj(
                      peer ->
                          new CopiesState.Copy(
                              new PeerName("peer-" + peer),
                              CopyPhase.VERIFIED,
                              1_000_500,
                              null,
                              null,
                              null,
                              Samples.NOW))
                  .toList()));
      if (n % BATCH == 0 || n == IMAGES) {
        bed.put(states.toArray(State[]::new));
        states.clear();
      }
    }
    Instant now = Instant.now();
    Map<String, State> credentials = new HashMap<>();
    Map<String, State> reports = new HashMap<>();
    for (int s = 0; s < SITES; s++) {
      SiteName site = new SiteName("store-" + s);
      State one = new SiteCredentialsState(site, "shops", List.of(), null, now);
      credentials.put(one.key(), one);
      State report =
          new SiteState(
              site,
              "node-1",
              "main",
              now,
              1,
              "0.2.0",
              "",
              now,
              now,
              new SiteState.Amount(100, 1_000_000),
              new SiteState.Amount(s % 5, s % 5),
              s % 5 == 0 ? null : now,
              1,
              1,
              2,
              List.of(),
              List.of(),
              null,
              null);
      reports.put(report.key(), report);
    }
    bed.siteCredentials(credentials);
    bed.siteReports(reports);
  }
}
