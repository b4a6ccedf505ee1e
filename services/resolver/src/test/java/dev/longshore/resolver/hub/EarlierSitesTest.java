package dev.longshore.resolver.hub;

import static dev.longshore.resolver.hub.RunningHub.group;
import static dev.longshore.resolver.hub.RunningHub.image;
import static dev.longshore.resolver.hub.RunningHub.rule;
import static dev.longshore.resolver.hub.RunningHub.served;
import static dev.longshore.resolver.hub.RunningHub.tag;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.events.ImageState;
import dev.longshore.model.ImageDag;
import dev.longshore.model.SiteName;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.States;
import dev.longshore.sites.SitePaths;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sites that ask as the first builds did, whose bodies {@code schemas/golden/sites-earlier} has.
 */
class EarlierSitesTest {
  private static final String APP = "registry.test/shop/app";
  private static final ObjectMapper PLAIN = new ObjectMapper();

  /** A leaf for each of its layers, so that the numbers of the example are some of them. */
  private static final int LAYERS = 45;

  @TempDir private Path folder;
  private RunningHub hub;
  private MirroredImage mirrored;

  @BeforeEach
  void start() throws Exception {
    hub = new RunningHub(folder, group("shops", rule("registry.test/shop/*")));
    mirrored =
        MirroredImage.write(
            RandomImage.of(1, RandomImageOptions.small().withLayers(LAYERS, 1_000)), hub.edge.own);
    ImageState image = image(APP, mirrored);
    hub.put(image, tag(APP, "1", image, List.of()), served(APP, "1", States.AT, image));
  }

  @AfterEach
  void stop() throws Exception {
    hub.close();
  }

  private static byte[] golden(String name) throws IOException {
    return Files.readAllBytes(Path.of("../../schemas/golden/sites-earlier", name + ".json"));
  }

  @Test
  void theirReportsAreKeptAndTheirAnswersHaveAllThatTheyNeed() throws Exception {
    for (String report : List.of("report.v1.first", "report.v1.behind")) {
      HttpResponse<byte[]> answer =
          hub.post("north", SiteClient.path("north", null, 0), golden(report));

      SiteClient site = new SiteClient(hub, "north");
      SiteClient.Section only = site.sections(answer).getFirst();
      assertThat(only.end().nonce()).as("they send none").isNull();
      assertThat(only.changes()).hasSize(1);
      JsonNode needed = PLAIN.readTree(golden("changes.v1.schema"));
      for (String line : new String(answer.body(), StandardCharsets.UTF_8).lines().toList()) {
        List<String> missing = new ArrayList<>();
        missing(needed, PLAIN.readTree(line), "", missing);
        assertThat(missing).as(line).isEmpty();
      }
    }
    assertThat(hub.reports).extracting(report -> report.sequence()).containsExactly(1L, 42L);
  }

  private static void missing(JsonNode schema, JsonNode value, String where, List<String> missing) {
    for (JsonNode name : schema.path("required")) {
      if (!value.has(name.asText())) {
        missing.add(where + "." + name.asText());
      }
    }
    for (var property : schema.path("properties").properties()) {
      if (value.has(property.getKey())) {
        JsonNode within = value.get(property.getKey());
        missing(property.getValue(), within, where + "." + property.getKey(), missing);
      }
    }
    if (value.isArray()) {
      value.forEach(each -> missing(schema.path("items"), each, where + "[]", missing));
    }
  }

  @Test
  void theyGetTheLeavesThatTheyAskFor() throws Exception {
    HttpResponse<byte[]> answer =
        hub.post(
            "north",
            SitePaths.leaves(new SiteName("north"), new ImageDag(mirrored.dag())),
            golden("leaves.v1.two"));

    assertThat(SiteBlocksTest.cids(answer)).as("0, and 17 to 42").hasSize(1 + 42 - 17 + 1);
  }
}
