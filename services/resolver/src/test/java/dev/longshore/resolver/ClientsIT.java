package dev.longshore.resolver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.ipfs.testing.SharedKubos;
import dev.longshore.model.Digest;
import dev.longshore.oci.registry.RegistrySettings;
import dev.longshore.resolver.testing.Daemon;
import dev.longshore.resolver.testing.Edge;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.RealEdge;
import dev.longshore.testing.Programs;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
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
  private static final int TAGS = 10_000;

  @RegisterExtension static final SharedKubos KUBOS = new SharedKubos(3);
  @TempDir static Path folder;

  private static RealEdge edge;
  private static MirroredImage multi;
  private static MirroredImage docker;
  private static Daemon registry;
  private static String registryHost;

  @BeforeAll
  static void start() throws Exception {
    edge = new RealEdge(folder.resolve("home"), KUBOS.get(0), KUBOS.get(1), KUBOS.get(2));
    multi =
        edge.mirror(
            RandomImage.of(11, RandomImageOptions.multiPlatform().withLayers(2, 3_000_000)),
            "multi",
            "latest");
    docker = edge.mirror(RandomImage.of(12, RandomImageOptions.small().asDocker()), "docker");
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      registryHost = "127.0.0.1:" + socket.getLocalPort();
    }
    Path settings = folder.resolve("registry.yaml");
    Files.writeString(
        settings, RegistrySettings.open(registryHost, folder.resolve("registry")).yaml());
    registry =
        Daemon.start(
            new ProcessBuilder(Programs.find("registry").toString(), "serve", settings.toString()),
            "listening on");
  }

  @AfterAll
  static void stop() throws Exception {
    registry.close();
    edge.close();
  }

  @Test
  void cranePullsByTagAndDigest() throws Exception {
    assertThat(Programs.run("crane", "digest", edge.repository() + ":multi").strip())
        .isEqualTo(multi.digest().toString());
    assertThat(Programs.run("crane", "manifest", edge.repository() + "@" + multi.digest()))
        .isEqualTo(new String(multi.image().root().body(), UTF_8));
    assertThat(Programs.run("crane", "ls", edge.repository()).lines())
        .containsExactly("docker", "latest", "multi");
    Path layout = folder.resolve("crane-oci");
    Programs.run(
        "crane", "pull", "--format", "oci", edge.repository() + ":multi", layout.toString());
    assertEveryBlob(layout, multi);
  }

  @Test
  void craneCopiesBackToARegistryWithTheSameDigest() throws Exception {
    for (MirroredImage image : new MirroredImage[] {multi, docker}) {
      String target = registryHost + "/copied/" + image.digest().hex().substring(0, 8) + ":x";
      Programs.run("crane", "copy", edge.repository() + "@" + image.digest(), target);

      assertThat(Programs.run("crane", "digest", target).strip())
          .isEqualTo(image.digest().toString());
    }
  }

  @Test
  void skopeoCopiesAndInspects() throws Exception {
    Path layout = folder.resolve("skopeo-oci");
    Programs.run(
        "skopeo",
        "copy",
        "--all",
        "--preserve-digests",
        "--src-tls-verify=false",
        "docker://" + edge.repository() + ":multi",
        "oci:" + layout + ":x");
    assertEveryBlob(layout, multi);
    assertThat(
            Programs.run(
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
            Programs.run(
                "oras", "manifest", "fetch", "--plain-http", edge.repository() + ":docker"))
        .isEqualTo(new String(docker.image().root().body(), UTF_8));
    Path layout = folder.resolve("oras-oci");
    Programs.run(
        "oras",
        "copy",
        "--from-plain-http",
        edge.repository() + "@" + multi.digest(),
        "--to-oci-layout",
        layout + ":x");
    assertEveryBlob(layout, multi);
    assertThat(Programs.run("oras", "repo", "tags", "--plain-http", edge.repository()).lines())
        .contains("multi");
  }

  @Test
  void imageIsPulledByItsCids() throws Exception {
    String ipfs = edge.resolver().registry() + "/ipfs/";

    assertThat(Programs.run("crane", "digest", ipfs + multi.root() + ":latest").strip())
        .isEqualTo(multi.enabled().toString());
    assertThat(Programs.run("crane", "digest", ipfs + multi.dag()).strip())
        .isEqualTo(multi.digest().toString());
    Path layout = folder.resolve("root-oci");
    Programs.run("crane", "pull", "--format", "oci", ipfs + multi.root(), layout.toString());
    for (String blob : multi.image().blobs().keySet()) {
      assertThat(file(layout, blob)).as("layers and configs are the same").exists();
    }
  }

  @Test
  void clientsListTenThousandTagsPageByPage() throws Exception {
    edge.states()
        .tags(
            "registry.test/wide",
            IntStream.range(0, TAGS).mapToObj(i -> "t" + i).toList(),
            multi.digest().toString());
    String wide = edge.resolver().registry() + "/registry.test/wide";

    assertThat(Programs.run("crane", "ls", wide).lines()).doesNotHaveDuplicates().hasSize(TAGS);
    assertThat(Programs.run("oras", "repo", "tags", "--plain-http", wide).lines())
        .doesNotHaveDuplicates()
        .hasSize(TAGS);
    assertThat(
            Programs.run("skopeo", "list-tags", "--tls-verify=false", "docker://" + wide).lines())
        .contains("        \"t9999\"")
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
    java.util.List<String> command =
        new java.util.ArrayList<>(java.util.List.of("curl", "-fsS", "--max-time", "60"));
    command.addAll(Arrays.asList(arguments));
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor()).as("exit code of %s", command).isZero();
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
