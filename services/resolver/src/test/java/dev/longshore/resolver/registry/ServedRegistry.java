package dev.longshore.resolver.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.resolver.testing.Edge;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.RunningResolver;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A resolver that serves one image by name, started anew for each test. */
abstract class ServedRegistry {
  static final String APP = "/v2/registry.test/app";
  static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;
  Edge edge;
  RunningResolver resolver;
  MirroredImage image;
  byte[] layer;
  String layerPath;

  @BeforeEach
  void start() throws Exception {
    edge = Edge.empty(folder.resolve("unused"));
    resolver = new RunningResolver(folder, edge.catalog, edge.own, null, false);
    image = edge.mirror(RandomImage.of(1, RandomImageOptions.small().withLayers(1, 1_200_000)));
    edge.states.tag(Edge.REPOSITORY, "v1", image.digest().toString());
    Map.Entry<String, byte[]> largest =
        image.image().blobs().entrySet().stream()
            .max(Comparator.comparingInt(e -> e.getValue().length))
            .orElseThrow();
    layer = largest.getValue();
    layerPath = APP + "/blobs/" + largest.getKey();
  }

  @AfterEach
  void stop() throws Exception {
    resolver.close();
    edge.close();
  }

  static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }

  static List<String> texts(HttpResponse<byte[]> answer, String field) throws IOException {
    assertThat(answer.statusCode()).isEqualTo(200);
    List<String> texts = new ArrayList<>();
    JSON.readTree(answer.body()).get(field).forEach(text -> texts.add(text.asText()));
    return texts;
  }

  static String link(HttpResponse<?> answer) {
    String link = header(answer, "Link");
    return link.isEmpty() ? null : link.substring(1, link.indexOf('>'));
  }

  static List<String> digests(HttpResponse<byte[]> answer) throws IOException {
    List<String> digests = new ArrayList<>();
    JSON.readTree(answer.body())
        .get("manifests")
        .forEach(entry -> digests.add(entry.get("digest").asText()));
    return digests;
  }

  static void assertError(HttpResponse<byte[]> answer, int status, String code) throws IOException {
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(header(answer, "Content-Type")).isEqualTo("application/json");
    JsonNode error = JSON.readTree(answer.body()).get("errors").get(0);
    assertThat(error.get("code").asText()).isEqualTo(code);
    assertThat(error.get("message").asText()).isNotEmpty();
  }
}
