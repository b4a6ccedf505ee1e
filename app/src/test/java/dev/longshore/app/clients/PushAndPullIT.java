package dev.longshore.app.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.ImageState;
import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.programs.Command;
import dev.longshore.programs.Tools;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each client pulls an image through the resolver by name, digest and CID, and pushes it to the
 * registry under a name of its own, from where it is mirrored again.
 */
@Timeout(240)
class PushAndPullIT {
  @RegisterExtension static final SharedCluster CLUSTER = new SharedCluster();

  private static DevelopmentCluster cluster;
  private static ContainerdNode containerd;
  private static Digest digest;
  private static ImageState image;

  /** What the image prints when it runs. */
  private static String version;

  @TempDir static Path shared;
  @TempDir Path folder;

  @BeforeAll
  static void mirrorAnImageThatRuns() throws Exception {
    cluster = CLUSTER.get();
    containerd = ContainerdNode.start(shared.resolve("containerd"));
    version = RunnableImage.version();
    RepositoryName name = cluster.name("team/runs");
    InMemoryRegistry source = new InMemoryRegistry();
    RunnableImage.pushUncompressed(source, name);
    digest = cluster.push(source, name, "v1").digest();
    image = cluster.awaitTag("team/runs", "v1");
  }

  @AfterAll
  static void stop() throws Exception {
    containerd.close();
  }

  @Test
  void crane() throws Exception {
    Command crane = Tools.ofProject().command("crane").in(folder);
    for (String reference : references()) {
      crane.run("pull", reference, "image.tar");
    }
    assertThat(crane.run("digest", byName()).strip()).isEqualTo(digest.toString());

    crane.run("copy", byDigest(), pushed("crane"));

    assertMirrored("crane");
  }

  @Test
  void skopeo() throws Exception {
    Command skopeo =
        Tools.ofProject()
            .command(
                "skopeo",
                "--insecure-policy",
                "copy",
                "--src-tls-verify=false",
                "--dest-tls-verify=false")
            .in(folder);
    for (String reference : references()) {
      skopeo.run("docker://" + reference, "oci:layout:x");
    }

    skopeo.run("--preserve-digests", "docker://" + byDigest(), "docker://" + pushed("skopeo"));

    assertMirrored("skopeo");
  }

  @Test
  void oras() throws Exception {
    Command oras = Tools.ofProject().command("oras").in(folder);
    for (String reference : references()) {
      oras.run("copy", "--from-plain-http", reference, "--to-oci-layout", "layout:x");
    }

    oras.run("copy", "--from-plain-http", "--to-plain-http", byName(), pushed("oras"));

    assertMirrored("oras");
  }

  @Test
  void umociUnpacksAndChangesWhatSkopeoBrings() throws Exception {
    Command umoci = Tools.ofProject().command("umoci").in(folder);
    Command skopeo = Tools.ofProject().command("skopeo", "--insecure-policy", "copy").in(folder);
    skopeo.run("--src-tls-verify=false", "docker://" + byName(), "oci:layout:x");
    umoci.run("unpack", "--rootless", "--image", "layout:x", "bundle");
    assertThat(folder.resolve("bundle/rootfs").resolve(RunnableImage.PROGRAM))
        .hasSameBinaryContentAs(Tools.ofProject().path(RunnableImage.PROGRAM));
    Files.writeString(folder.resolve("note"), "inserted");

    umoci.run("insert", "--rootless", "--image", "layout:x", "note", "/note");
    skopeo.run("--dest-tls-verify=false", "oci:layout:x", "docker://" + pushed("umoci"));

    cluster.awaitTag("by/umoci", "v1");
    skopeo.run(
        "--src-tls-verify=false", "docker://" + cluster.resolver() + "/by/umoci:v1", "oci:back:x");
    umoci.run("unpack", "--rootless", "--image", "back:x", "changed");
    assertThat(folder.resolve("changed/rootfs/note")).hasContent("inserted");
  }

  @Test
  void ctr() throws Exception {
    Command ctr = containerd.ctr();
    for (String reference : references()) {
      ctr.run("images", "pull", "--plain-http", reference);
      assertThat(ctr.run("run", "--rm", reference, "runs").strip()).isEqualTo(version);
      // So that the next one comes over the line too.
      ctr.run("images", "rm", "--sync", reference);
    }
    ctr.run("images", "pull", "--plain-http", byName());

    ctr.run("images", "push", "--plain-http", pushed("ctr"), byName());

    assertMirrored("ctr");
  }

  @Test
  void nerdctl() throws Exception {
    Command nerdctl = containerd.nerdctl(cluster.kubo());
    for (String reference : references()) {
      pullAndRun(nerdctl, reference);
    }
    pullAndRun(nerdctl, "ipfs://" + image.root());
    nerdctl.run("pull", "--quiet", byName());

    nerdctl.run("tag", byName(), pushed("nerdctl"));
    nerdctl.run("push", "--quiet", pushed("nerdctl"));

    assertMirrored("nerdctl");
  }

  private static void pullAndRun(Command nerdctl, String reference) throws Exception {
    nerdctl.run("pull", "--quiet", reference);
    assertThat(nerdctl.run("run", "--rm", "--net=none", reference).strip()).isEqualTo(version);
    nerdctl.run("rmi", "--force", reference);
  }

  @Test
  void buildahBuildsFromACid() throws Exception {
    Command buildah =
        Tools.ofProject()
            .command(
                "buildah",
                "--storage-driver=vfs",
                "--root=" + folder.resolve("storage"),
                "--runroot=" + folder.resolve("run"))
            .in(folder);
    Files.writeString(folder.resolve("note"), "copied");
    Files.writeString(
        folder.resolve("Dockerfile"),
        """
        FROM %s/ipfs/%s
        COPY note /note
        RUN ["/%s", "version"]
        """
            .formatted(cluster.resolver(), image.root(), RunnableImage.PROGRAM));

    String built =
        buildah.run("bud", "--isolation=chroot", "--tls-verify=false", "--tag=built:1", ".");
    buildah.run("push", "--tls-verify=false", "built:1", pushed("buildah"));

    assertThat(built).contains(version);
    cluster.awaitTag("by/buildah", "v1");
    Command crane = Tools.ofProject().command("crane").in(folder);
    crane.run("export", cluster.resolver() + "/by/buildah:v1", "built.tar");
    assertThat(
            new String(
                Files.readAllBytes(folder.resolve("built.tar")), StandardCharsets.ISO_8859_1))
        .contains("copied")
        .contains(RunnableImage.PROGRAM);
  }

  private static List<String> references() {
    return List.of(
        byName(),
        byDigest(),
        cluster.resolver() + "/ipfs/" + image.root() + ":latest",
        cluster.resolver() + "/ipfs/" + image.imageDag() + ":latest");
  }

  private static String byName() {
    return cluster.resolver() + "/team/runs:v1";
  }

  private static String byDigest() {
    return cluster.resolver() + "/team/runs@" + digest;
  }

  private static String pushed(String client) {
    return cluster.registry() + "/by/" + client + ":v1";
  }

  private void assertMirrored(String client) throws Exception {
    ImageState mirrored = cluster.awaitTag("by/" + client, "v1");
    assertThat(mirrored.digest()).isEqualTo(digest);
    assertThat(
            Tools.ofProject()
                .command("crane")
                .in(folder)
                .run("digest", cluster.resolver() + "/by/" + client + ":v1")
                .strip())
        .isEqualTo(digest.toString());
  }
}
