package dev.longshore.app.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.events.ImageState;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.testing.InMemoryRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What people see of two versions of a tag that differ in one small file; Kubo counts as well. */
@Timeout(120)
class DiffIT {
  private static final String NAME = "modes/diff";
  private static final List<String> MODES = List.of("plain", "estargz", "zstdchunked", "encrypted");
  private static final ObjectMapper JSON = new ObjectMapper();

  @RegisterExtension static final SharedCluster CLUSTER = new SharedCluster();

  private static DevelopmentCluster cluster;
  private static RunnableImage before;
  private static RunnableImage after;

  @BeforeAll
  static void pushTwoVersions() throws Exception {
    cluster = CLUSTER.get();
    before = push("one");
    after = push("two");
  }

  private static RunnableImage push(String edition) throws Exception {
    Map<String, byte[]> files = new HashMap<>();
    Random random = new Random(7);
    for (int i = 0; i < 40; i++) {
      byte[] content = new byte[30_000];
      random.nextBytes(content);
      files.put("data/%02d".formatted(i), content);
    }
    files.put("data/edition", edition.getBytes(StandardCharsets.UTF_8));
    RepositoryName name = cluster.name(NAME);
    InMemoryRegistry images = new InMemoryRegistry();
    RunnableImage image = RunnableImage.push(images, name, files);
    cluster.push(images, name, "v1");
    for (String mode : MODES) {
      cluster.awaitMode(image.manifest(), mode);
    }
    return image;
  }

  private static String tag() {
    return cluster.registry() + "/" + NAME + ":v1";
  }

  @Test
  void diffCountsAsKuboDoesInEveryMode() throws Exception {
    JsonNode diffs =
        JSON.readTree(
                cluster
                    .run(
                        "diff", before.manifest().toString(), after.manifest().toString(), "--json")
                    .out())
            .get("modes");

    assertThat(diffs).hasSize(MODES.size());
    for (JsonNode diff : diffs) {
      String mode = diff.get("mode").asText();
      ImageState has = cluster.awaitMode(before.manifest(), mode);
      ImageState wants = cluster.awaitMode(after.manifest(), mode);
      Set<String> there = refs(has.imageDag().toString());
      Set<String> fresh = refs(wants.imageDag().toString());
      long all = fresh.size();
      fresh.removeAll(there);
      assertThat(diff.get("newBlocks").asLong()).as(mode).isEqualTo(fresh.size());
      assertThat(diff.get("sharedBlocks").asLong()).as(mode).isEqualTo(all - fresh.size());
      // Kubo's own sum of both, each block once, less the first.
      JsonNode both =
          ask("dag/stat?progress=false&arg=" + has.imageDag() + "&arg=" + wants.imageDag());
      JsonNode first = ask("dag/stat?progress=false&arg=" + has.imageDag());
      assertThat(diff.get("newBytes").asLong())
          .as(mode)
          .isEqualTo(both.get("TotalSize").asLong() - first.get("TotalSize").asLong());
    }
    // A small file brings little where leaves follow files, its rest of the layer at 256 KiB,
    // and all of it where each layer has a key of its own.
    assertThat(part(diffs, "estargz")).isLessThan(part(diffs, "plain"));
    assertThat(part(diffs, "encrypted")).isGreaterThan(0.95);
  }

  private static double part(JsonNode diffs, String mode) {
    for (JsonNode diff : diffs) {
      if (diff.get("mode").asText().equals(mode)) {
        double fresh = diff.get("newBytes").asDouble();
        return fresh / (fresh + diff.get("sharedBytes").asDouble());
      }
    }
    throw new AssertionError("no mode " + mode + " in " + diffs);
  }

  @Test
  void statusOfTheTagTellsTheSameOfTheVersionBefore() throws Exception {
    String name = tag();
    JsonNode status = JSON.readTree(cluster.runWell("status", name, "--json").out());
    String lazy = cluster.awaitMode(after.manifest(), "estargz").root().toString();
    JsonNode diff =
        JSON.readTree(cluster.runWell("diff", before.manifest().toString(), lazy, "--json").out());

    assertThat(status.get("modes")).hasSize(MODES.size());
    for (JsonNode mode : status.get("modes")) {
      assertThat(mode.at("/since/digest").asText()).isEqualTo(before.manifest().toString());
      if (mode.get("mode").asText().equals("estargz")) {
        assertThat(mode.at("/since/newBytes")).isEqualTo(diff.at("/modes/0/newBytes"));
      }
    }
    assertThat(diff.get("modes")).hasSize(1);
    assertThat(diff.at("/modes/0/layers")).hasSize(1);
  }

  @Test
  void aPushTellsOfEveryLayerInEveryMode() throws Exception {
    RepositoryName name = cluster.name("pushed/diff");
    InMemoryRegistry images = new InMemoryRegistry();
    byte[] content = new byte[100_000];
    new Random(8).nextBytes(content);
    RunnableImage image = RunnableImage.push(images, name, Map.of("data/other", content));
    cluster.push(images, name, "v1");
    // The rule that makes every image there plain.
    cluster.awaitMode(image.manifest(), "plain");

    String shown = cluster.runWell("push", name + ":v1", "--mode", "plain,estargz").err();

    String layer = "layer 1/1 sha256:" + image.layer().hex().substring(0, 12) + "… ";
    assertThat(shown.lines().filter(line -> line.startsWith("layer ")))
        .hasSize(2)
        .allMatch(line -> line.startsWith(layer))
        .anyMatch(line -> line.matches(".* -> .* estargz, [0-9.]+ .?B/s"))
        .anyMatch(line -> line.endsWith(" plain, already there"));
    assertThat(shown).contains("peer-1: verified");
  }

  private static Set<String> refs(String dag) throws Exception {
    var cids = new HashSet<String>(List.of(dag));
    for (String line : post("refs?recursive=true&unique=true&arg=" + dag).lines().toList()) {
      cids.add(JSON.readTree(line).get("Ref").asText());
    }
    return cids;
  }

  private static JsonNode ask(String call) throws Exception {
    return JSON.readTree(post(call));
  }

  private static String post(String call) throws Exception {
    URI uri = cluster.nodes().get(1).resolve("/api/v0/" + call + "&offline=true");
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(uri)
                  .timeout(Duration.ofSeconds(30))
                  .POST(HttpRequest.BodyPublishers.noBody())
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      return answer.body();
    }
  }
}
