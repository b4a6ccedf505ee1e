package dev.longshore.app.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.events.ImageState;
import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageIndex;
import dev.longshore.oci.ManifestHead;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.programs.Command;
import dev.longshore.programs.Tools;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What people push besides images of one platform, from registry to peers and back. */
@Timeout(240)
class ArtifactsIT {
  @RegisterExtension static final SharedCluster CLUSTER = new SharedCluster();

  @TempDir Path folder;
  private DevelopmentCluster cluster;
  private Command crane;
  private Command oras;

  @BeforeEach
  void findPrograms() throws Exception {
    cluster = CLUSTER.get();
    crane = Tools.ofProject().command("crane").in(folder);
    oras = Tools.ofProject().command("oras").in(folder);
  }

  @Test
  void artifactsOfAnyKindComeBackByteForByte() throws Exception {
    file("config.json", "{\"name\":\"sail\",\"version\":\"1.0\"}");
    file("chart.tgz", "a chart");
    file("module.wasm", "\0asm");
    file("sbom.json", "{\"spdxVersion\":\"SPDX-2.3\"}");
    file("empty.txt", "");
    push(
        "artifacts/helm",
        "--config",
        "config.json:application/vnd.cncf.helm.config.v1+json",
        "chart.tgz:application/vnd.cncf.helm.chart.content.v1.tar+gzip");
    push(
        "artifacts/wasm",
        "--config",
        "config.json:application/vnd.wasm.config.v0+json",
        "module.wasm:application/wasm");
    push(
        "artifacts/sbom",
        "--artifact-type",
        "application/spdx+json",
        "sbom.json:application/spdx+json");
    push(
        "artifacts/plain",
        "--artifact-type",
        "application/vnd.example.thing",
        "--annotation",
        "dev.longshore.odd=<&> größe",
        "chart.tgz",
        "empty.txt:text/plain");

    for (String kind : List.of("helm", "wasm", "sbom", "plain")) {
      String repository = "artifacts/" + kind;
      cluster.awaitTag(repository, "v1");
      assertSameManifest(repository + ":v1");
      Path pulled = Files.createDirectories(folder.resolve("pulled-" + kind));
      oras.run("pull", "--plain-http", "-o", pulled.toString(), mirrored(repository) + ":v1");
      for (Path file : files(pulled)) {
        assertThat(file).hasSameBinaryContentAs(folder.resolve(file.getFileName()));
      }
      assertThat(files(pulled)).as(kind).hasSize(kind.equals("plain") ? 2 : 1);
    }
  }

  @Test
  void signaturesThatArriveLaterWithoutATagAreListedFilteredAndPulled() throws Exception {
    String repository = "signed/app";
    Descriptor image = push(repository, RandomImage.of(501));
    ImageState before = cluster.awaitDigest(repository, image.digest());
    file("signature.txt", "signed");
    file("sbom.json", "{}");

    Digest signature =
        attach(
            repository, image.digest(), "application/vnd.cncf.notary.signature", "signature.txt");
    Digest sbom = attach(repository, image.digest(), "application/spdx+json", "sbom.json");
    Digest signatureOfSbom =
        attach(repository, sbom, "application/vnd.cncf.notary.signature", "signature.txt");
    for (Digest referrer : List.of(signature, sbom, signatureOfSbom)) {
      ImageState mirrored = cluster.awaitDigest(repository, referrer);
      assertThat(mirrored.subject())
          .isEqualTo(referrer.equals(signatureOfSbom) ? sbom : image.digest());
    }

    // oras would be content with the list that it keeps under a tag; here it is the API alone.
    assertThat(referrers(repository, image.digest()).findValuesAsText("digest"))
        .containsExactlyInAnyOrder(signature.toString(), sbom.toString());
    JsonNode tree = discover(mirrored(repository) + "@" + image.digest());
    assertThat(tree).hasSize(2);
    assertThat(tree.findValuesAsText("digest"))
        .contains(signature.toString(), sbom.toString(), signatureOfSbom.toString());
    assertThat(
            discover(
                "--artifact-type",
                "application/spdx+json",
                mirrored(repository) + "@" + image.digest()))
        .singleElement()
        .satisfies(entry -> assertThat(entry.path("digest").asText()).isEqualTo(sbom.toString()));
    Path pulled = folder.resolve("pulled");
    oras.run(
        "pull", "--plain-http", "-o", pulled.toString(), mirrored(repository) + "@" + signature);
    assertThat(pulled.resolve("signature.txt")).hasContent("signed");
    assertThat(cluster.awaitDigest(repository, image.digest()).imageDag())
        .as("the image is what it was")
        .isEqualTo(before.imageDag());
  }

  @Test
  void cosignsTagOfASignatureIsMirroredAsAnyTag() throws Exception {
    String repository = "cosigned/app";
    Descriptor image = push(repository, RandomImage.of(502));
    String tag = "sha256-" + image.digest().hex() + ".sig";
    file(
        "config.json",
        "{\"architecture\":\"\",\"os\":\"\",\"config\":{},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}");
    file(
        "payload.json",
        "{\"critical\":{\"image\":{\"docker-manifest-digest\":\"" + image.digest() + "\"}}}");
    oras.run(
        "push",
        "--plain-http",
        "--image-spec",
        "v1.0",
        "--config",
        "config.json:" + MediaType.OCI_CONFIG,
        cluster.registry() + "/" + repository + ":" + tag,
        "payload.json:application/vnd.dev.cosign.simplesigning.v1+json");

    cluster.awaitTag(repository, tag);
    cluster.awaitTag(repository, "v1");

    assertSameManifest(repository + ":" + tag);
    assertThat(crane.run("ls", mirrored(repository)).lines()).containsExactly(tag, "v1");
    assertThat(crane.run("digest", mirrored(repository) + ":v1").strip())
        .as("what the signature is about")
        .isEqualTo(image.digest().toString());
  }

  @Test
  void platformThatTheRuleLeavesOutIsRefusedWithTheReason() throws Exception {
    String repository = "subset/app";
    RandomImage multi =
        RandomImage.of(
            503,
            RandomImageOptions.small()
                .withPlatforms("linux/amd64", "linux/arm64")
                .withAttestations());
    Descriptor index = push(repository, multi);
    assertThat(cluster.awaitTag(repository, "v1").platforms()).containsExactly("linux/amd64");
    String name = mirrored(repository) + ":v1";

    crane.run("pull", "--platform", "linux/amd64", name, folder.resolve("kept.tar").toString());
    Command.Ended refused =
        crane.tryTo(
            "pull", "--platform", "linux/arm64", name, folder.resolve("other.tar").toString());

    assertThat(refused.exitCode()).isNotZero();
    assertThat(refused.err())
        .contains("MANIFEST_UNKNOWN")
        .contains("it is the entry for linux/arm64 of index " + index.digest())
        .contains("what is kept of the image is linux/amd64");
    assertSameManifest(repository + ":v1");
  }

  @Test
  void imagesOfOddShapesComeBackByteForByte() throws Exception {
    push("shapes/layers", RandomImage.of(504, RandomImageOptions.small().withLayers(127, 200)));
    push("shapes/multi", RandomImage.of(505, RandomImageOptions.multiPlatform()));
    pushNested("shapes/nested", 4);
    String multi = cluster.registry() + "/shapes/multi:v1";
    skopeo(
        "--dest-compress",
        "--dest-compress-format",
        "zstd",
        "docker://" + multi,
        "docker://" + cluster.registry() + "/shapes/zstd:v1");

    for (String shape : List.of("layers", "multi", "nested", "zstd")) {
      String repository = "shapes/" + shape;
      cluster.awaitTag(repository, "v1");
      assertSameManifest(repository + ":v1");
      String copy = cluster.registry() + "/copied/" + shape + ":v1";
      crane.run("copy", mirrored(repository) + ":v1", copy);
      assertThat(crane.run("digest", copy))
          .isEqualTo(crane.run("digest", cluster.registry() + "/" + repository + ":v1"));
    }
    assertThat(crane.run("manifest", mirrored("shapes/zstd") + ":v1")).contains("tar+zstd");
    crane.run("validate", "--remote", mirrored("shapes/layers") + ":v1");
  }

  private void skopeo(String... arguments) throws Exception {
    Tools.ofProject()
        .command(
            "skopeo",
            "--insecure-policy",
            "copy",
            "--src-tls-verify=false",
            "--dest-tls-verify=false")
        .in(folder)
        .run(arguments);
  }

  private void pushNested(String repository, int levels) throws Exception {
    InMemoryRegistry source = new InMemoryRegistry();
    Descriptor top = source.push(cluster.name(repository), "image", RandomImage.of(506));
    for (int level = 0; level < levels; level++) {
      ImageIndex index = ImageIndex.of(ManifestHead.of(MediaType.OCI_INDEX), List.of(top));
      source.pushManifest(cluster.name(repository), index.mediaType(), index.raw().bytes());
      top = index.descriptor();
    }
    source.tag(cluster.name(repository), "v1", top.digest());
    cluster.push(source, cluster.name(repository), "v1");
  }

  private Descriptor push(String repository, RandomImage image) throws Exception {
    InMemoryRegistry source = new InMemoryRegistry();
    source.push(cluster.name(repository), "v1", image);
    return cluster.push(source, cluster.name(repository), "v1");
  }

  private void push(String repository, String... arguments) throws Exception {
    String[] all = new String[arguments.length + 3];
    all[0] = "push";
    all[1] = "--plain-http";
    all[2] = cluster.registry() + "/" + repository + ":v1";
    System.arraycopy(arguments, 0, all, 3, arguments.length);
    oras.run(all);
  }

  private Digest attach(String repository, Digest subject, String type, String file)
      throws Exception {
    String json =
        oras.run(
            "attach",
            "--plain-http",
            "--format",
            "json",
            "--artifact-type",
            type,
            cluster.registry() + "/" + repository + "@" + subject,
            file + ":text/plain");
    return Digest.parse(new ObjectMapper().readTree(json).path("digest").asText());
  }

  private JsonNode referrers(String repository, Digest subject) throws Exception {
    URI list =
        URI.create(
            "http://%s/v2/%s/referrers/%s".formatted(cluster.resolver(), repository, subject));
    try (HttpClient http = HttpClient.newHttpClient()) {
      var request = HttpRequest.newBuilder(list).timeout(Duration.ofSeconds(30)).build();
      var answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
      assertThat(answer.statusCode()).isEqualTo(200);
      return new ObjectMapper().readTree(answer.body()).path("manifests");
    }
  }

  private JsonNode discover(String... arguments) throws Exception {
    String[] all = new String[arguments.length + 4];
    all[0] = "discover";
    all[1] = "--plain-http";
    all[2] = "--format";
    all[3] = "json";
    System.arraycopy(arguments, 0, all, 4, arguments.length);
    JsonNode answer = new ObjectMapper().readTree(oras.run(all));
    return answer.has("referrers") ? answer.get("referrers") : answer.path("manifests");
  }

  /** The resolver gives the very bytes that the registry has. */
  private void assertSameManifest(String reference) throws Exception {
    Reference original = Reference.parse(cluster.registry() + "/" + reference);
    Digest digest = cluster.images().resolve(original).digest();
    assertThat(crane.run("digest", cluster.resolver() + "/" + reference).strip())
        .isEqualTo(digest.toString());
    assertThat(crane.run("manifest", cluster.resolver() + "/" + reference))
        .isEqualTo(new String(cluster.images().manifest(original.name(), digest), UTF_8));
  }

  private String mirrored(String repository) {
    return cluster.resolver() + "/" + repository;
  }

  private void file(String name, String content) throws IOException {
    Files.writeString(folder.resolve(name), content);
  }

  private static List<Path> files(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.toList();
    }
  }
}
