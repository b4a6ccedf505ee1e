package dev.longshore.resolver.registry;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.dagpb.PbLink;
import dev.longshore.ipfs.dagpb.PbNode;
import dev.longshore.ipfs.kubo.Reach;
import dev.longshore.oci.Digest;
import dev.longshore.resolver.testing.Edge;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.RunningResolver;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegistryHttpTest {
  private static final String APP = "/v2/registry.test/app";
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;
  private Edge edge;
  private RunningResolver resolver;
  private MirroredImage image;
  private byte[] layer;
  private String layerPath;

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
  void tagsComeInPagesThatLinkOn() throws Exception {
    for (String tag : List.of("b", "a", "A", "1.10", "1.9", "_x")) {
      edge.states.tag(Edge.REPOSITORY, tag, image.digest().toString());
    }
    edge.states.tag(Edge.REPOSITORY, "not-yet", "sha256:" + "0".repeat(64));
    List<String> all = List.of("1.10", "1.9", "A", "_x", "a", "b", "v1");

    assertThat(texts(resolver.get(APP + "/tags/list"), "tags")).isEqualTo(all);
    List<String> walked = new ArrayList<>();
    String next = APP + "/tags/list?n=3";
    int pages = 0;
    while (next != null) {
      HttpResponse<byte[]> page = resolver.get(next);
      walked.addAll(texts(page, "tags"));
      next = link(page);
      pages++;
    }
    assertThat(walked).isEqualTo(all);
    assertThat(pages).isEqualTo(3);
    assertThat(texts(resolver.get(APP + "/tags/list?n=0"), "tags")).isEmpty();
    assertThat(texts(resolver.get(APP + "/tags/list?last=a"), "tags")).containsExactly("b", "v1");
    assertThat(texts(resolver.get(APP + "/tags/list?last=zzz"), "tags")).isEmpty();
    assertError(resolver.get(APP + "/tags/list?n=x"), 400, "PAGINATION_NUMBER_INVALID");
    assertThat(link(resolver.get("/v2/app/tags/list?n=1&ns=registry.test")))
        .isEqualTo("/v2/app/tags/list?n=1&last=1.10&ns=registry.test");
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
  void catalogListsWhatIsServedInPages() throws Exception {
    for (String name : List.of("b", "c/d", "a")) {
      edge.states.tag("localhost:5055/" + name, "x", image.digest().toString());
    }
    edge.states.tag("localhost:5055/not-yet", "x", "sha256:" + "0".repeat(64));
    List<String> all =
        List.of("localhost_5055/a", "localhost_5055/b", "localhost_5055/c/d", "registry.test/app");

    assertThat(texts(resolver.get("/v2/_catalog"), "repositories")).isEqualTo(all);
    HttpResponse<byte[]> page = resolver.get("/v2/_catalog?n=2");
    assertThat(texts(page, "repositories")).isEqualTo(all.subList(0, 2));
    assertThat(texts(resolver.get(link(page)), "repositories")).isEqualTo(all.subList(2, 4));
  }

  @Test
  void referrersAreListedWithTheirTypeAndFiltered() throws Exception {
    MirroredImage signature = referrer("application/vnd.test.signature", "{\"k\":\"v\"}");
    MirroredImage sbom = referrer("application/vnd.test.sbom", "{}");
    String path = APP + "/referrers/" + image.digest();

    HttpResponse<byte[]> all = resolver.get(path);
    assertThat(header(all, "Content-Type")).isEqualTo("application/vnd.oci.image.index.v1+json");
    assertThat(digests(all))
        .containsExactlyInAnyOrder(signature.digest().toString(), sbom.digest().toString());

    HttpResponse<byte[]> filtered =
        resolver.get(path + "?artifactType=application/vnd.test.signature");
    assertThat(header(filtered, "OCI-Filters-Applied")).isEqualTo("artifactType");
    JsonNode entry = JSON.readTree(filtered.body()).get("manifests");
    assertThat(entry).hasSize(1);
    assertThat(entry.get(0).get("artifactType").asText())
        .isEqualTo("application/vnd.test.signature");
    assertThat(entry.get(0).get("annotations").get("k").asText()).isEqualTo("v");

    HttpResponse<byte[]> first = resolver.get(path + "?n=1");
    assertThat(digests(first)).hasSize(1);
    assertThat(digests(resolver.get(link(first)))).hasSize(1).isNotEqualTo(digests(first));
  }

  @Test
  void referrersOfAnythingAreAListAndOfABadDigestAnError() throws Exception {
    String path = "/referrers/sha256:" + "0".repeat(64);
    for (String name : List.of(APP, "/v2/unknown", "/v2/ipfs/" + image.root())) {
      HttpResponse<byte[]> answer = resolver.get(name + path);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(new String(answer.body(), UTF_8))
          .isEqualTo(
              "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"manifests\":[]}");
    }
    assertError(resolver.get(APP + "/referrers/sha256:xyz"), 400, "DIGEST_INVALID");
  }

  private MirroredImage referrer(String type, String annotations) throws IOException {
    byte[] empty = "{}".getBytes(UTF_8);
    String descriptor =
        "{\"mediaType\":\"application/vnd.oci.empty.v1+json\",\"digest\":\"%s\",\"size\":2}"
            .formatted(Digest.of(empty));
    String manifest =
        """
        {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",\
        "artifactType":"%s","config":%s,"layers":[%s],\
        "subject":{"mediaType":"%s","digest":"%s","size":%d},"annotations":%s}"""
            .formatted(
                type,
                descriptor,
                descriptor,
                image.image().root().mediaType(),
                image.digest(),
                image.image().root().body().length,
                annotations);
    byte[] body = manifest.getBytes(UTF_8);
    String digest = Digest.of(body).toString();
    MirroredImage mirrored =
        edge.mirror(
            new RandomImage(
                digest,
                List.of(
                    new RandomImage.StoredManifest(
                        digest, "application/vnd.oci.image.manifest.v1+json", body)),
                Map.of(Digest.of(empty).toString(), empty)));
    edge.states.holds(Edge.REPOSITORY, digest);
    return mirrored;
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

  private static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }

  private static String link(HttpResponse<?> answer) {
    String link = header(answer, "Link");
    return link.isEmpty() ? null : link.substring(1, link.indexOf('>'));
  }

  private static List<String> texts(HttpResponse<byte[]> answer, String field) throws IOException {
    assertThat(answer.statusCode()).isEqualTo(200);
    List<String> texts = new ArrayList<>();
    JSON.readTree(answer.body()).get(field).forEach(text -> texts.add(text.asText()));
    return texts;
  }

  private static List<String> digests(HttpResponse<byte[]> answer) throws IOException {
    List<String> digests = new ArrayList<>();
    JSON.readTree(answer.body())
        .get("manifests")
        .forEach(entry -> digests.add(entry.get("digest").asText()));
    return digests;
  }

  private static void assertError(HttpResponse<byte[]> answer, int status, String code)
      throws IOException {
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(header(answer, "Content-Type")).isEqualTo("application/json");
    JsonNode error = JSON.readTree(answer.body()).get("errors").get(0);
    assertThat(error.get("code").asText()).isEqualTo(code);
    assertThat(error.get("message").asText()).isNotEmpty();
  }
}
