package dev.longshore.resolver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.ipfs.testing.SharedKubos;
import dev.longshore.model.Digest;
import dev.longshore.oci.testing.RegistryDaemon;
import dev.longshore.programs.Command;
import dev.longshore.programs.Tools;
import dev.longshore.resolver.testing.Edge;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.RealEdge;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Real clients against the resolver over real Kubos. */
@Timeout(180)
class ClientsIT {
  /** More than one answer holds. */
  private static final int TAGS = Integer.getInteger("longshore.tags", 5_100);

  @RegisterExtension static final SharedKubos KUBOS = new SharedKubos(3);
  @TempDir static Path folder;

  private static RealEdge edge;
  private static MirroredImage multi;
  private static MirroredImage docker;
  private static RegistryDaemon registry;

  @BeforeAll
  static void start() throws Exception {
    edge = new RealEdge(folder.resolve("home"), KUBOS.get(0), KUBOS.get(1), KUBOS.get(2));
    multi =
        edge.mirror(
            RandomImage.of(11, RandomImageOptions.multiPlatform().withLayers(2, 3_000_000)),
            "multi",
            "latest");
    docker = edge.mirror(RandomImage.of(12, RandomImageOptions.small().asDocker()), "docker");
    registry = RegistryDaemon.start(folder.resolve("registry"));
  }

  @AfterAll
  static void stop() throws Exception {
    registry.close();
    edge.close();
  }

  @Test
  void cranePullsByTagAndDigest() throws Exception {
    assertThat(Tools.ofProject().run("crane", "digest", edge.repository() + ":multi").strip())
        .isEqualTo(multi.digest().toString());
    assertThat(Tools.ofProject().run("crane", "manifest", edge.repository() + "@" + multi.digest()))
        .isEqualTo(new String(multi.image().root().body(), UTF_8));
    assertThat(Tools.ofProject().run("crane", "ls", edge.repository()).lines())
        .containsExactly("docker", "latest", "multi");
    Path layout = folder.resolve("crane-oci");
    Tools.ofProject()
        .run("crane", "pull", "--format", "oci", edge.repository() + ":multi", layout.toString());
    assertEveryBlob(layout, multi);
  }

  @Test
  void craneCopiesBackToARegistryWithTheSameDigest() throws Exception {
    for (MirroredImage image : new MirroredImage[] {multi, docker}) {
      String target = registry.host() + "/copied/" + image.digest().hex().substring(0, 8) + ":x";
      Tools.ofProject().run("crane", "copy", edge.repository() + "@" + image.digest(), target);

      assertThat(Tools.ofProject().run("crane", "digest", target).strip())
          .isEqualTo(image.digest().toString());
    }
  }

  @Test
  void skopeoCopiesAndInspects() throws Exception {
    Path layout = folder.resolve("skopeo-oci");
    Tools.ofProject()
        .run(
            "skopeo",
            "copy",
            "--all",
            "--preserve-digests",
            "--src-tls-verify=false",
            "docker://" + edge.repository() + ":multi",
            "oci:" + layout + ":x");
    assertEveryBlob(layout, multi);
    assertThat(
            Tools.ofProject()
                .run(
                    "skopeo",
                    "inspect",
                    "--raw",
                    "--tls-verify=false",
                    "docker://" + edge.repository() + "@" + docker.digest()))
        .isEqualTo(new String(docker.image().root().body(), UTF_8));
  }

  @Test
  void orasFetchesByTagAndDigest() throws Exception {
    assertThat(
            Tools.ofProject()
                .run("oras", "manifest", "fetch", "--plain-http", edge.repository() + ":docker"))
        .isEqualTo(new String(docker.image().root().body(), UTF_8));
    Path layout = folder.resolve("oras-oci");
    Tools.ofProject()
        .run(
            "oras",
            "copy",
            "--from-plain-http",
            edge.repository() + "@" + multi.digest(),
            "--to-oci-layout",
            layout + ":x");
    assertEveryBlob(layout, multi);
    assertThat(
            Tools.ofProject()
                .run("oras", "repo", "tags", "--plain-http", edge.repository())
                .lines())
        .contains("multi");
  }

  @Test
  void imageIsPulledByItsCids() throws Exception {
    String ipfs = edge.resolver().registry() + "/ipfs/";

    assertThat(Tools.ofProject().run("crane", "digest", ipfs + multi.root() + ":latest").strip())
        .isEqualTo(multi.enabled().toString());
    assertThat(Tools.ofProject().run("crane", "digest", ipfs + multi.dag()).strip())
        .isEqualTo(multi.digest().toString());
    Path layout = folder.resolve("root-oci");
    Tools.ofProject()
        .run("crane", "pull", "--format", "oci", ipfs + multi.root(), layout.toString());
    for (String blob : multi.image().blobs().keySet()) {
      assertThat(file(layout, blob)).as("layers and configs are the same").exists();
    }
  }

  @Test
  void clientsListAllTagsPageByPage() throws Exception {
    List<String> tags = IntStream.range(0, TAGS).mapToObj(i -> "t" + i).sorted().toList();
    edge.states().tags("registry.test/wide", tags, multi.digest().toString());
    String wide = edge.resolver().registry() + "/registry.test/wide";

    assertThat(Tools.ofProject().run("crane", "ls", wide).lines())
        .doesNotHaveDuplicates()
        .hasSize(TAGS);
    assertThat(Tools.ofProject().run("oras", "repo", "tags", "--plain-http", wide).lines())
        .doesNotHaveDuplicates()
        .hasSize(TAGS);
    assertThat(
            Tools.ofProject()
                .run("skopeo", "list-tags", "--tls-verify=false", "docker://" + wide)
                .lines())
        .contains("        \"" + tags.getLast() + "\"")
        .hasSizeGreaterThan(TAGS);
  }

  @Test
  void curlGetsRangesAndResumes() throws Exception {
    Map.Entry<String, byte[]> layer =
        multi.image().blobs().entrySet().stream()
            .max(Comparator.comparingInt(e -> e.getValue().length))
            .orElseThrow();
    String url =
        "http://"
            + edge.resolver().registry()
            + "/v2/"
            + Edge.REPOSITORY
            + "/blobs/"
            + layer.getKey();
    byte[] bytes = layer.getValue();
    Path part = folder.resolve("part");

    curl("-r", "1000-1999", "-o", part.toString(), url);
    assertThat(part).hasBinaryContent(Arrays.copyOfRange(bytes, 1000, 2000));
    Files.write(part, Arrays.copyOf(bytes, 100_000));
    curl("-C", "-", "-o", part.toString(), url);
    assertThat(part).hasBinaryContent(bytes);
    Path several = folder.resolve("several");
    curl("-r", "0-9,500000-500009", "-o", several.toString(), url);
    assertThat(Files.readString(several, java.nio.charset.StandardCharsets.ISO_8859_1))
        .contains("Content-Range: bytes 500000-500009/" + bytes.length)
        .contains(
            new String(
                Arrays.copyOfRange(bytes, 500_000, 500_010),
                java.nio.charset.StandardCharsets.ISO_8859_1));
  }

  private static void curl(String... arguments) throws IOException, InterruptedException {
    Command.of("curl", "-fsS", "--max-time", "60").run(arguments);
  }

  private static void assertEveryBlob(Path layout, MirroredImage image) {
    image
        .image()
        .blobs()
        .forEach((digest, bytes) -> assertThat(file(layout, digest)).hasBinaryContent(bytes));
    image
        .image()
        .manifests()
        .forEach(m -> assertThat(file(layout, m.digest())).hasBinaryContent(m.body()));
  }

  private static Path file(Path layout, String digest) {
    return layout.resolve("blobs/sha256").resolve(Digest.parse(digest).hex());
  }
}
