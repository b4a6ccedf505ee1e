package dev.longshore.app.ops;

import static dev.longshore.catalog.testing.Samples.dag;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.longshore.catalog.Batch;
import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.testing.RecordLog;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.AbsenceReason;
import dev.longshore.events.CopiesState;
import dev.longshore.events.CopyPhase;
import dev.longshore.events.State;
import dev.longshore.model.PeerName;
import dev.longshore.runtime.testing.Eventually;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What makes the page fast with many images: answers of a bounded size, from a number of rows that
 * does not grow with the images. {@code longshore bench ops} says how long the first view takes.
 */
@Timeout(600)
class OpsPageBoundsTest {
  private static final int FEW = 500;
  private static final int MANY = 2_000;
  private static final int SITES = 200;

  /** Pushed since the sites reported. */
  private static final int UNHEARD = 50;

  private static final int LISTED = 20;
  private static final int BATCH = 500;
  private static final int BYTES = 200_000;

  @TempDir private Path folder;

  @Test
  void theFirstViewOfManyImagesAndSitesIsBoundedAndCountsThemAll() throws Exception {
    try (HubBed hub = new HubBed(folder, Clock.systemUTC());
        HttpClient client = HttpClient.newHttpClient()) {
      fill(hub, MANY);
      JsonNode now =
          Eventually.answer(
              Eventually.LIMIT,
              () -> ask(hub, client, "now"),
              answer -> answer.at("/known/value").isObject() && answer.at("/sites/at").isTextual());
      JsonNode known = now.path("known").path("value");
      assertThat(known.path("images").asInt()).isEqualTo(MANY);
      assertThat(known.path("short").asInt()).isEqualTo(MANY / 10);
      assertThat(known.path("shortImages")).hasSize(LISTED);
      assertThat(now.at("/sites/listed")).hasSize(LISTED);
      String name = URLEncoder.encode(name(7), StandardCharsets.UTF_8);
      assertThat(now.at("/sites/count").asInt()).isEqualTo(SITES);
      for (String path :
          List.of("search?text=r7/image:v7", "site?site=store-7", "image?image=" + name)) {
        assertThat(ask(hub, client, path).toString()).contains("r7/image:v7");
      }
    }
  }

  private static JsonNode ask(HubBed hub, HttpClient client, String path) throws Exception {
    HttpResponse<String> answer = hub.page.get(client, "/api/" + path);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body().length()).as(path).isLessThan(BYTES);
    return new ObjectMapper().readTree(answer.body());
  }

  /** Without what is counted beside it, and shown once it is known. */
  @Test
  void whatAViewWaitsForReadsAsManyRowsHoweverManyImagesThereAre() throws Exception {
    Map<String, Long> few = rows(FEW);
    assertThat(few.values()).allMatch(rows -> rows > 0 && rows < 150);
    assertThat(rows(MANY)).isEqualTo(few);
  }

  private Map<String, Long> rows(int images) throws Exception {
    Clock clock = Clock.systemUTC();
    try (Catalog catalog =
        Catalog.open(Files.createTempDirectory(folder, "rows").resolve("catalog.db"), clock)) {
      RecordLog log = new RecordLog(clock.instant());
      states(
          images,
          states ->
              catalog
                  .writer()
                  .apply(new Batch(states.stream().map(log::put).toList(), log.ends())));
      ArrayNode list = JsonNodeFactory.instance.arrayNode();
      Map<String, Long> rows = new TreeMap<>();
      rows.put("totals", read(catalog, catalog::totals));
      rows.put("short", read(catalog, () -> ShortImages.put(catalog, list, LISTED)));
      assertThat(list).hasSize(LISTED);
      return rows;
    }
  }

  private static long read(Catalog catalog, Runnable question) {
    long before = catalog.rowsRead();
    question.run();
    return catalog.rowsRead() - before;
  }

  private static void states(int images, Consumer<List<State>> taker) {
    List<State> states = new ArrayList<>();
    for (int n = 1; n <= images; n++) {
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
      if (n % BATCH == 0 || n == images) {
        taker.accept(List.copyOf(states));
        states.clear();
      }
    }
  }

  private static void fill(HubBed hub, int images) {
    states(images, states -> hub.page.put(states.toArray(State[]::new)));
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
