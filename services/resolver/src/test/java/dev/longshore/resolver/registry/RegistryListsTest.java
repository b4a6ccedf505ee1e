package dev.longshore.resolver.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.model.Digest;
import dev.longshore.resolver.testing.Edge;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.testing.RandomImage;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Lists over HTTP: tags, repositories, referrers. */
class RegistryListsTest extends ServedRegistry {
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
        "subject":{"mediaType":"%s","digest":"%s","size":%d},"annotations":%s}\
        """
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
}
