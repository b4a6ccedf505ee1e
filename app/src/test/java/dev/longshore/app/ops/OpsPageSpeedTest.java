package dev.longshore.app.ops;

import static dev.longshore.catalog.testing.Samples.dag;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.AbsenceReason;
import dev.longshore.events.CopiesState;
import dev.longshore.events.CopyPhase;
import dev.longshore.events.State;
import dev.longshore.model.PeerName;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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

  /** Pushed since the sites reported. */
  private static final int UNHEARD = 50;

  private static final int BATCH = 500;
  private static final Duration AT_MOST = Duration.ofSeconds(1);
  private static final int BYTES = 200_000;

  @TempDir private Path folder;

  @Test
  void theFirstViewOfManyImagesAndSitesComesWithinASecondAndIsBounded() throws Exception {
    try (HubBed hub = new HubBed(folder, Clock.systemUTC());
        HttpClient client = HttpClient.newHttpClient()) {
      PageBed bed = hub.page;
      fill(hub);
      bed.catalog().writer().prepareToServe();
      // A service has read them all from Kafka by then; this one was given them.
      assertThat(bed.catalog().pins().page(null, 1)).hasSize(1);
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
        assertThat(took).isLessThan(AT_MOST);
        assertThat(answer.body().length()).isLessThan(BYTES);
      }
      String name = URLEncoder.encode(name(7), StandardCharsets.UTF_8);
      for (String path :
          List.of(
              "search?text=r7/image:v7",
              "sites",
              "site?site=store-7",
              "image?image=" + name,
              "image?image=" + name)) {
        long from = System.nanoTime();
        HttpResponse<String> answer = bed.get(client, "/api/" + path);
        Duration took = Duration.ofNanos(System.nanoTime() - from);
        System.out.printf("%s: %d ms, %d bytes%n", path, took.toMillis(), answer.body().length());
        assertThat(answer.body())
            .contains(path.equals("sites") ? "\"count\":" + SITES : "r7/image:v7");
        assertThat(took).isLessThan(AT_MOST);
      }
    }
  }

  private static void fill(HubBed hub) {
    List<State> states = new ArrayList<>();
    for (int n = 1; n <= IMAGES; n++) {
      int verified = n % 10 == 0 ? n / 10 % 3 : 3;
      states.add(Samples.tag("r" + n % 100 + "/image", "v" + n, n));
      states.add(HubBed.shown("r" + n % 100 + "/image", n, Samples.NOW));
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
        hub.page.put(states.toArray(State[]::new));
        states.clear();
      }
    }
    for (int s = 0; s < SITES; s++) {
      String site = "store-" + s;
      hub.site(site, "shops");
      if (s % 5 == 0) {
        hub.hasAll(site, "shops");
      } else {
        hub.lacks(site, "shops", name(s), AbsenceReason.UNDER_WAY, null);
      }
    }
    hub.read();
    for (int n = 1; n <= UNHEARD; n++) {
      hub.page.put(HubBed.shown("r" + n % 100 + "/image", n, Instant.now()));
    }
  }

  private static String name(int n) {
    return HubBed.name("r" + n % 100 + "/image", n);
  }
}
