package dev.longshore.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.containerd.testing.ContainerdDaemon;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.programs.ProgramException;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImage.StoredManifest;
import dev.longshore.testing.RandomImageOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * An image of two platforms at a site whose rule names one of them.
 *
 * @param pulls of its repository at the site
 */
record PlatformAtSite(RepositoryName name, MirrorPulls pulls) {
  static final String TAG = "1.0";
  static final String WANTED = "linux/arm64";
  private static final String OTHER = "linux/amd64";
  private static final String NAMESPACE = "boxes";

  /** Each blob is one leaf: its bytes are what a block of the node has. */
  static final RandomImage IMAGE =
      RandomImage.of(
          78, RandomImageOptions.small().withPlatforms(OTHER, WANTED).withLayers(2, 100_000));

  private static StoredManifest of(String platform) {
    String architecture = "\"architecture\":\"" + platform.substring("linux/".length()) + "\"";
    return IMAGE.manifests().stream()
        .filter(manifest -> !manifest.digest().equals(IMAGE.rootDigest()))
        .filter(
            manifest ->
                blobsOf(manifest).stream()
                    .anyMatch(blob -> text(IMAGE.blobs().get(blob)).contains(architecture)))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> blobsOf(StoredManifest manifest) {
    String body = text(manifest.body());
    return IMAGE.blobs().keySet().stream().filter(body::contains).toList();
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Blocks that a site whose rule names this platform has. */
  static Set<Cid> wanted() {
    return blocksOf(WANTED);
  }

  private static Set<Cid> blocksOf(String platform) {
    return blobsOf(of(platform)).stream()
        .map(digest -> Cid.raw(HexFormat.of().parseHex(Digest.parse(digest).hex())))
        .collect(Collectors.toSet());
  }

  /**
   * The index comes unchanged, and nothing that only the other platform needs.
   *
   * @param held blocks that the site's node has
   */
  void isHeld(Set<Cid> held) {
    assertThat(held).containsAll(wanted()).doesNotContainAnyElementsOf(blocksOf(OTHER));
    assertThat(pulls.pulled("manifests/" + TAG)).isEqualTo(IMAGE.root().body());
    assertThat(pulls.mirrored("manifests/" + of(OTHER).digest()).statusCode()).isEqualTo(404);
  }

  /** By a runtime that knows the site as a mirror of a registry which is away. */
  void isPulledByContainerd(Path folder, int resolver) throws Exception {
    Path hosts = folder.resolve("certs.d/" + name.host());
    Files.createDirectories(hosts);
    Files.writeString(
        hosts.resolve("hosts.toml"),
        """
        server = "http://%s"
        [host."http://127.0.0.1:%d"]
        capabilities = ["pull", "resolve"]
        """
            .formatted(name.host(), resolver));
    String image = name + ":" + TAG;
    try (ContainerdDaemon containerd = ContainerdDaemon.start(folder)) {
      pull(containerd, hosts, WANTED, image);

      assertThat(containerd.ctr(NAMESPACE, "content", "ls", "-q").lines())
          .contains(IMAGE.rootDigest(), of(WANTED).digest())
          .containsAll(blobsOf(of(WANTED)))
          .doesNotContainAnyElementsOf(blobsOf(of(OTHER)));
      assertThatThrownBy(() -> pull(containerd, hosts, OTHER, image))
          .as("of nobody, with the registry away")
          .isInstanceOf(ProgramException.class)
          .hasMessageContaining(of(OTHER).digest());
    }
  }

  private static void pull(ContainerdDaemon containerd, Path hosts, String platform, String image)
      throws Exception {
    var _ =
        containerd.ctr(
            NAMESPACE,
            "images",
            "pull",
            "--local",
            "--hosts-dir",
            hosts.getParent().toString(),
            // Without this ctr wants manifests and configurations of all platforms.
            "--skip-metadata",
            "--platform",
            platform,
            image);
  }
}
