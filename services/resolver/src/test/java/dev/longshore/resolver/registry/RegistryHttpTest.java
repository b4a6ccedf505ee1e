package dev.longshore.resolver.registry;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.dagpb.PbLink;
import dev.longshore.ipfs.dagpb.PbNode;
import dev.longshore.ipfs.node.Reach;
import dev.longshore.model.Digest;
import dev.longshore.resolver.testing.Edge;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegistryHttpTest extends ServedRegistry {
  @Test
  void pingSaysThatThisIsARegistry() throws Exception {
    HttpResponse<byte[]> answer = resolver.get("/v2/");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(header(answer, "Docker-Distribution-API-Version")).isEqualTo("registry/2.0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        APP + "/manifests/v1",
        "/v2/app/manifests/v1",
        "/v2/app/manifests/v1?ns=registry.test"
      })
  void manifestComesWithItsDigestTypeAndBytes(String path) throws Exception {
    HttpResponse<byte[]> answer = resolver.get(path);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(image.image().root().body());
    assertThat(header(answer, "Content-Type")).isEqualTo(image.image().root().mediaType());
    assertThat(header(answer, "Docker-Content-Digest")).isEqualTo(image.digest().toString());
    assertThat(header(answer, "ETag")).isEqualTo("\"" + image.digest() + "\"");
    assertThat(answer.headers().firstValue("OCI-Namespace").isPresent())
        .isEqualTo(path.contains("ns="));
  }

  @Test
  void headAnswersAsGetWithoutTheBody() throws Exception {
    for (String path : List.of(APP + "/manifests/v1", layerPath, APP + "/tags/list")) {
      HttpResponse<byte[]> get = resolver.get(path);
      HttpResponse<byte[]> head = resolver.head(path);

      assertThat(head.statusCode()).isEqualTo(get.statusCode());
      assertThat(head.body()).isEmpty();
      for (String name : List.of("Content-Length", "Content-Type")) {
        assertThat(header(head, name)).isEqualTo(header(get, name));
      }
      assertThat(head.headers().firstValue("Docker-Content-Digest"))
          .isEqualTo(get.headers().firstValue("Docker-Content-Digest"));
    }
  }

  @Test
  void blobIsNeverCompressedOnTheWay() throws Exception {
    HttpResponse<byte[]> answer = resolver.get(layerPath, "Accept-Encoding", "zstd, gzip, deflate");

    assertThat(answer.body()).isEqualTo(layer);
    assertThat(answer.headers().firstValue("Content-Encoding")).isEmpty();
    assertThat(header(answer, "Content-Length")).isEqualTo(Integer.toString(layer.length));
    assertThat(header(answer, "Accept-Ranges")).isEqualTo("bytes");
  }

  @Test
  void contentThatTheClientHasIsNotSentAgain() throws Exception {
    String tag = "\"" + image.digest() + "\"";
    for (String match : List.of(tag, "W/" + tag, "\"x\", " + tag, "*")) {
      HttpResponse<byte[]> answer = resolver.get(APP + "/manifests/v1", "If-None-Match", match);
      assertThat(answer.statusCode()).isEqualTo(304);
      assertThat(answer.body()).isEmpty();
      assertThat(header(answer, "ETag")).isEqualTo(tag);
    }
    assertThat(resolver.get(APP + "/manifests/v1", "If-None-Match", "\"x\"").statusCode())
        .isEqualTo(200);
  }

  @Test
  void singleRangeComesAsItself() throws Exception {
    for (int round = 0; round < 2; round++) {
      HttpResponse<byte[]> part = resolver.get(layerPath, "Range", "bytes=100-299999");
      assertThat(part.statusCode()).isEqualTo(206);
      assertThat(part.body()).isEqualTo(Arrays.copyOfRange(layer, 100, 300_000));
      assertThat(header(part, "Content-Range")).isEqualTo("bytes 100-299999/" + layer.length);
      HttpResponse<byte[]> end = resolver.get(layerPath, "Range", "bytes=-7");
      assertThat(end.body()).isEqualTo(Arrays.copyOfRange(layer, layer.length - 7, layer.length));
      resolver.get(layerPath);
    }
  }

  @Test
  void severalRangesComeAsMultipart() throws Exception {
    HttpResponse<byte[]> answer = resolver.get(layerPath, "Range", "bytes=0-1,300000-300009,-3");

    assertThat(answer.statusCode()).isEqualTo(206);
    assertThat(header(answer, "Content-Length")).isEqualTo(Integer.toString(answer.body().length));
    String type = header(answer, "Content-Type");
    assertThat(type).startsWith("multipart/byteranges; boundary=");
    String boundary = type.substring(type.indexOf('=') + 1);
    String text = new String(answer.body(), ISO_8859_1);
    String expected =
        part(boundary, 0, 2)
            + part(boundary, 300_000, 300_010)
            + part(boundary, layer.length - 3, layer.length)
            + "\r\n--"
            + boundary
            + "--\r\n";
    assertThat(text).isEqualTo(expected);
  }

  private String part(String boundary, int from, int to) {
    return "\r\n--"
        + boundary
        + "\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes "
        + from
        + "-"
        + (to - 1)
        + "/"
        + layer.length
        + "\r\n\r\n"
        + new String(Arrays.copyOfRange(layer, from, to), ISO_8859_1);
  }

  @Test
  void rangeBehindTheEndIsRefusedAndIfRangeIsHonoured() throws Exception {
    HttpResponse<byte[]> beyond = resolver.get(layerPath, "Range", "bytes=" + layer.length + "-");
    assertThat(beyond.statusCode()).isEqualTo(416);
    assertThat(header(beyond, "Content-Range")).isEqualTo("bytes */" + layer.length);

    String tag = "\"" + layerPath.substring(layerPath.lastIndexOf('/') + 1) + "\"";
    assertThat(resolver.get(layerPath, "Range", "bytes=0-1", "If-Range", tag).statusCode())
        .isEqualTo(206);
    assertThat(resolver.get(layerPath, "Range", "bytes=0-1", "If-Range", "\"x\"").statusCode())
        .isEqualTo(200);
    assertThat(resolver.get(layerPath, "Range", "lines=0-1").statusCode()).isEqualTo(200);
  }

  @Test
  void whatIsNotKnownIs404WithTheRightCode() throws Exception {
    String absent = "sha256:" + "0".repeat(64);

    assertError(resolver.get(APP + "/manifests/v2"), 404, "MANIFEST_UNKNOWN");
    assertError(resolver.get(APP + "/manifests/" + absent), 404, "MANIFEST_UNKNOWN");
    assertError(resolver.get(APP + "/blobs/" + absent), 404, "BLOB_UNKNOWN");
    assertError(resolver.get("/v2/nothing/tags/list"), 404, "NAME_UNKNOWN");
    assertError(resolver.get(APP + "/manifests/sha256:bad"), 400, "DIGEST_INVALID");
    assertError(resolver.get("/v2/UPPER/manifests/x"), 400, "NAME_INVALID");
    String blob = layerPath.replace("/blobs/", "/manifests/");
    assertError(resolver.get(blob), 404, "MANIFEST_UNKNOWN");
  }

  @Test
  void whatIsKnownButCannotBeHadIsAnErrorOfTheGateway() throws Exception {
    resolver.get(APP + "/manifests/v1");
    edge.far.lose(
        image.blobs().get(Digest.parse(layerPath.substring(layerPath.indexOf("sha256")))));

    HttpResponse<byte[]> answer = resolver.get(layerPath);

    assertError(answer, 504, "UNAVAILABLE");
    assertThat(header(answer, "Retry-After")).isNotEmpty();
    assertThat(resolver.head(layerPath).statusCode()).as("it is known").isEqualTo(200);
  }

  @Test
  void failureInMidStreamBreaksTheConnection() throws Exception {
    resolver.get(APP + "/manifests/v1");
    MirroredImage large =
        edge.mirror(RandomImage.of(8, RandomImageOptions.small().withLayers(1, 3_000_000)));
    edge.states.tag(Edge.REPOSITORY, "large", large.digest().toString());
    Map.Entry<String, byte[]> blob =
        large.image().blobs().entrySet().stream()
            .max(Comparator.comparingInt(e -> e.getValue().length))
            .orElseThrow();
    List<PbLink> leaves = leaves(large, Digest.parse(blob.getKey()));
    edge.far.lose(leaves.getLast().cid());

    assertThatThrownBy(() -> resolver.get(APP + "/blobs/" + blob.getKey()))
        .isInstanceOf(IOException.class);
  }

  private List<PbLink> leaves(MirroredImage of, Digest digest) throws IOException {
    byte[] root =
        edge.far
            .block(of.blobs().get(digest), Reach.LOCAL, Deadline.after(Duration.ofSeconds(10)))
            .bytes();
    return PbNode.decode(root).links();
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "PATCH", "DELETE"})
  void writesAreRefused(String method) throws Exception {
    HttpResponse<byte[]> answer =
        resolver.send(
            resolver
                .request(APP + "/blobs/uploads/")
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build());

    assertError(answer, 405, "UNSUPPORTED");
    assertThat(header(answer, "Allow")).isEqualTo("GET, HEAD");
  }

  @Test
  void ipfsImagesHaveTheTagLatest() throws Exception {
    String root = "/v2/ipfs/" + image.root();

    assertThat(texts(resolver.get(root + "/tags/list"), "tags")).containsExactly("latest");
    HttpResponse<byte[]> manifest = resolver.get(root + "/manifests/latest");
    assertThat(header(manifest, "Docker-Content-Digest")).isEqualTo(image.enabled().toString());
    assertThat(new String(manifest.body(), UTF_8)).contains("ipfs://");
    assertThat(resolver.get(layerPath.replace(APP, root)).body()).isEqualTo(layer);
    assertThat(resolver.get("/v2/ipfs/" + image.dag() + "/manifests/latest").body())
        .isEqualTo(image.image().root().body());
  }

  @Test
  void answersSayHowOldTheKnowledgeIs() throws Exception {
    assertThat(resolver.get("/v2/").headers().firstValue(RegistryApi.KNOWLEDGE_AGE)).isEmpty();
    resolver.source.setAge(Duration.ofMinutes(90));

    assertThat(header(resolver.get(APP + "/manifests/v1"), RegistryApi.KNOWLEDGE_AGE))
        .isEqualTo("5400");
    assertThat(resolver.metrics()).contains("longshore_resolver_knowledge_age_seconds", "5400");
  }

  @Test
  void sixteenClientsGetTheSameBytesOutOfOneFetch() throws Exception {
    resolver.get(APP + "/manifests/v1");
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<byte[]>> bodies = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        bodies.add(clients.submit(() -> resolver.get(layerPath).body()));
      }
      for (Future<byte[]> body : bodies) {
        assertThat(body.get()).isEqualTo(layer);
      }
    }
    assertThat(resolver.metrics()).containsPattern("(?m)^longshore_resolver_fetches_total 2$");
  }

  @Test
  void firstPullIsATraceLinkedToThePush() throws Exception {
    String trace = "0af7651916cd43dd8448eb211c80319c";
    edge.states.convertedIn("00-" + trace + "-b7ad6b7169203331-01", image, "plain");
    resolver.get(APP + "/manifests/v1");
    resolver.get(APP + "/manifests/v1");
    resolver.get(layerPath);

    List<SpanData> spans = resolver.spans.await(3);
    var first =
        spans.stream().filter(s -> s.getName().equals("pull registry.test/app:v1")).toList();
    assertThat(first).hasSize(1);
    assertThat(first.getFirst().getLinks())
        .extracting(link -> link.getSpanContext().getTraceId())
        .containsExactly(trace);
    assertThat(first.getFirst().getParentSpanContext().isValid()).isFalse();
    assertThat(spans)
        .anySatisfy(
            span ->
                assertThat(span.getLinks())
                    .extracting(link -> link.getSpanContext().getSpanId())
                    .containsExactly(first.getFirst().getSpanId()));
  }
}
