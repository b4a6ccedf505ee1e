package dev.longshore.app.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.events.ImageState;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.programs.Command;
import dev.longshore.programs.Tools;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The reference's lazy readers see the files of the source image: its snapshotter, mounting from
 * our registry and from IPFS, and its reader of root CIDs.
 */
@Timeout(240)
class LazyMountIT {
  @RegisterExtension static final SharedCluster CLUSTER = new SharedCluster();

  private static final List<String> LAZY = List.of("estargz", "zstdchunked");

  /** Of reading a mounted image: longer than the snapshotter waits for a node. */
  private static final Duration READING = Duration.ofSeconds(100);

  private static DevelopmentCluster cluster;
  private static StargzSnapshotter snapshotter;
  private static ContainerdNode containerd;
  private static Digest source;

  /** The image as a plain client unpacks it. */
  private static SortedMap<String, String> expected;

  @TempDir static Path shared;
  @TempDir Path folder;

  @BeforeAll
  static void pushAnImageOfEveryKindOfFile() throws Exception {
    cluster = CLUSTER.get();
    snapshotter = StargzSnapshotter.start(shared.resolve("stargz"), cluster.kubo());
    containerd = ContainerdNode.startWithStargz(shared.resolve("containerd"), snapshotter.socket());
    RepositoryName name = cluster.name("modes/manifold");
    InMemoryRegistry images = new InMemoryRegistry();
    source = ManifoldImage.push(images, name);
    cluster.push(images, name, "v1");
    String original = cluster.registry() + "/modes/manifold:v1";
    containerd.ctr().run("images", "pull", "--local", "--plain-http", original);
    expected = mounted("overlayfs", original, shared.resolve("original"));
    assertThat(expected).hasSize(ManifoldImage.FILES);
  }

  @AfterAll
  static void stop() throws Exception {
    try (StargzSnapshotter last = snapshotter) {
      containerd.close();
    }
  }

  private static SortedMap<String, String> mounted(String by, String reference, Path at)
      throws Exception {
    Command ctr = containerd.ctr();
    Files.createDirectories(at);
    ctr.run("images", "mount", "--snapshotter", by, reference, at.toString());
    try {
      return new ServedTree(snapshotter.program(), READING).of(at);
    } finally {
      ctr.run("images", "unmount", at.toString());
    }
  }

  @Test
  void whatTheSnapshotterMountsFromOurRegistryIsTheSource() throws Exception {
    for (String mode : LAZY) {
      cluster.awaitMode(source, mode);

      containerd.ctrRemote().run("images", "rpull", "--plain-http", tag(mode));

      requireNoLayerIsThere(containerd.ctr(), mode);
      assertThat(mounted("stargz", tag(mode), folder.resolve(mode))).as(mode).isEqualTo(expected);
      requireNoLayerIsThere(containerd.ctr(), mode);
    }
  }

  /** A snapshotter that cannot read a layer has containerd pull it whole. */
  private void requireNoLayerIsThere(Command ctr, String mode) throws Exception {
    String there = ctr.run("content", "ls", "--quiet");
    for (Descriptor layer : layers(mode)) {
      assertThat(there).doesNotContain(layer.digest().toString());
    }
  }

  private List<Descriptor> layers(String mode) throws Exception {
    byte[] body =
        Tools.ofProject()
            .command("crane")
            .in(folder)
            .run("manifest", tag(mode))
            .getBytes(StandardCharsets.UTF_8);
    return ((ImageManifest) Manifest.parse(body, MediaType.OCI_MANIFEST)).layers();
  }

  @Test
  void theReferencesToolFindsTheTableThatTheDescriptorNames() throws Exception {
    for (String mode : LAZY) {
      cluster.awaitMode(source, mode);
      Command tool = containerd.ctrRemote();
      tool.run("content", "fetch", "--plain-http", tag(mode));

      for (Descriptor layer : layers(mode)) {
        String digest = layer.digest().toString();
        String found =
            mode.equals("estargz")
                ? tool.run("images", "get-toc-digest", digest)
                : tool.run("images", "get-toc-digest", "--zstdchunked", digest);
        assertThat(found.strip())
            .isEqualTo(layer.annotations().get("containerd.io/snapshot/stargz/toc.digest"));
      }
      tool.run("images", "rm", "--sync", tag(mode));
    }
  }

  @Test
  void aLazyImageRunsFromIpfs() throws Exception {
    String version = RunnableImage.version();
    for (String mode : LAZY) {
      ImageState image = cluster.awaitMode(source, mode);
      Command nerdctl = containerd.nerdctl(cluster.kubo());
      String reference = "ipfs://" + image.root();

      nerdctl.run("--snapshotter=stargz", "pull", "--quiet", reference);

      requireNoLayerIsThere(containerd.ctrOfNerdctl(), mode);
      assertThat(
              nerdctl.run("--snapshotter=stargz", "run", "--rm", "--net=none", reference).strip())
          .isEqualTo(version);
      nerdctl.run("--snapshotter=stargz", "rmi", "--force", reference);
    }
  }

  @Test
  void theReferencesReaderOfRootCidsReadsEveryMode() throws Exception {
    for (String mode : List.of("estargz", "zstdchunked", "encrypted")) {
      ImageState image = cluster.awaitMode(source, mode);
      Path unpacked = folder.resolve(mode + "-unpacked");
      String lines =
          Tools.ofProject()
              .run(
                  "stargz-check",
                  "read",
                  cluster.kubo().toString(),
                  image.root().toString(),
                  unpacked + "");

      assertThat(lines.lines())
          .hasSize(2)
          .allSatisfy(line -> assertThat(line).matches(described(mode)));
      if (LAZY.contains(mode)) {
        assertThat(FileTree.of(unpacked)).as(mode).containsAllEntriesOf(expected);
      }
    }
  }

  /** Media type, files that were read by ranges, and whether it was unpacked. */
  private static String described(String mode) {
    return mode.equals("encrypted")
        ? ".*[+]encrypted 0 encrypted"
        : ".*[+](gzip|zstd) [1-9][0-9]* unpacked";
  }

  @Test
  void aSnapshotterThatDoesNotAnswerFailsItsReaders() throws Exception {
    cluster.awaitMode(source, "estargz");
    StargzSnapshotter paused = StargzSnapshotter.start(folder.resolve("stargz"), cluster.kubo());
    ContainerdNode node =
        ContainerdNode.startWithStargz(folder.resolve("containerd"), paused.socket());
    try (paused;
        node) {
      Path at = Files.createDirectories(folder.resolve("mounted"));
      node.ctrRemote().run("images", "rpull", "--plain-http", tag("estargz"));
      node.ctr().run("images", "mount", "--snapshotter", "stargz", tag("estargz"), at.toString());

      paused.program().signal("STOP");

      assertThatThrownBy(() -> new ServedTree(paused.program(), Duration.ofSeconds(2)).of(at))
          .isInstanceOf(AssertionError.class)
          .hasMessageStartingWith("stargz-snapshotter did not answer within PT2S who read " + at);
    } finally {
      LeftMounts.takeDown(folder);
    }
  }

  /** Bitswap waits for a block that no peer has for as long as somebody asks for it. */
  @Test
  void theReferencesReaderSaysForWhichBlockItsNodeWaits() throws Exception {
    cluster.awaitMode(source, "estargz");
    Cid nowhere =
        Cid.raw(
            HexFormat.of()
                .parseHex(Digest.of("on no peer".getBytes(StandardCharsets.UTF_8)).hex()));

    assertThatThrownBy(
            () ->
                Tools.ofProject()
                    .run(
                        "stargz-check",
                        "--patience",
                        "2s",
                        "read",
                        cluster.kubo().toString(),
                        nowhere.toString(),
                        folder.resolve("unpacked").toString()))
        .hasMessageContaining("/api/v0/cat?arg=%2Fipfs%2F" + nowhere)
        .hasMessageMatching(
            "(?s).*no byte within 2s; the node is connected to [1-9][0-9]* peers,"
                + " and waits for [1-9][0-9]* blocks:.* "
                + nowhere
                + ".*");
  }

  private static String tag(String mode) {
    return cluster.resolver() + "/modes/manifold:v1-" + mode;
  }
}
