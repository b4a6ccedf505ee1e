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
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Nothing that anyone can read says which plain image an encrypted one was made of: neither a block
 * nor the name of a pin on any peer, nor an answer. What the formats leave in the clear is not
 * looked for: the config, which has the digests of the uncompressed tars.
 */
@Timeout(240)
class SecretIT {
  @RegisterExtension static final SharedCluster CLUSTER = new SharedCluster();
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void noBlockAndNoAnswerNamesAPlainDigest() throws Exception {
    DevelopmentCluster cluster = CLUSTER.get();
    RepositoryName name = cluster.name("secret/app");
    InMemoryRegistry images = new InMemoryRegistry();
    RunnableImage source = RunnableImage.push(images, name);
    cluster.push(images, name, "v1");
    ImageState image = cluster.awaitMode(source.manifest(), "encrypted");
    List<String> secrets = List.of(source.manifest().hex(), source.layer().hex());

    for (URI node : cluster.nodes()) {
      int blocks =
          eachBlock(
              node,
              (cid, content) ->
                  assertThat(secrets).as("block %s of %s", cid, node).noneMatch(content::contains));
      assertThat(blocks).as(node.toString()).isPositive();
      assertThat(secrets)
          .noneMatch(text(post(node, "/api/v0/pin/ls?names=true&type=recursive"))::contains);
    }
    String resolver = "http://" + cluster.resolver();
    for (String path :
        List.of(
            "/v2/secret/app/manifests/v1",
            "/v2/secret/app/manifests/" + image.ownDigest(),
            "/v2/secret/app/tags/list",
            "/v2/secret/app/referrers/" + image.ownDigest(),
            "/v2/_catalog",
            "/v1/resolve?ref=" + cluster.registry() + "/secret/app:v1",
            "/v1/resolve?ref=" + image.ownDigest(),
            "/v1/resolve?ref=" + image.root())) {
      assertSecret(get(URI.create(resolver + path)), secrets, path);
    }
    assertSecret(get(cluster.pinner().resolve("/v1/pins")), secrets, "pins");
    for (String path :
        List.of(
            "/v2/secret/app/manifests/" + source.manifest(),
            "/v2/secret/app/blobs/" + source.layer(),
            "/v1/resolve?ref=" + source.manifest(),
            "/v1/resolve?ref=" + source.layer())) {
      assertThat(get(URI.create(resolver + path)).statusCode()).as(path).isEqualTo(404);
    }
  }

  private static void assertSecret(HttpResponse<byte[]> answer, List<String> secrets, String path) {
    assertThat(answer.statusCode()).as(path).isEqualTo(200);
    assertThat(secrets).as(path).noneMatch((text(answer) + answer.headers().map())::contains);
  }

  /** How many there were. */
  private int eachBlock(URI node, BiConsumer<String, String> look) throws Exception {
    int blocks = 0;
    for (String line : text(post(node, "/api/v0/refs/local")).lines().toList()) {
      JsonNode ref = JSON.readTree(line);
      String cid = ref.path("Ref").asText();
      look.accept(cid, text(post(node, "/api/v0/block/get?arg=" + cid)));
      blocks++;
    }
    return blocks;
  }

  private HttpResponse<byte[]> post(URI node, String path) throws Exception {
    HttpResponse<byte[]> answer =
        send(HttpRequest.newBuilder(node.resolve(path)).POST(HttpRequest.BodyPublishers.noBody()));
    assertThat(answer.statusCode()).as(path).isEqualTo(200);
    return answer;
  }

  private HttpResponse<byte[]> get(URI uri) throws Exception {
    return send(HttpRequest.newBuilder(uri).GET());
  }

  private HttpResponse<byte[]> send(HttpRequest.Builder request) throws Exception {
    return http.send(
        request.timeout(Duration.ofSeconds(30)).build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), StandardCharsets.ISO_8859_1);
  }
}
