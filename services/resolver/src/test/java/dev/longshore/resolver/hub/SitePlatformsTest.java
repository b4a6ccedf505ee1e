package dev.longshore.resolver.hub;

import static dev.longshore.resolver.hub.RunningHub.group;
import static dev.longshore.resolver.hub.RunningHub.image;
import static dev.longshore.resolver.hub.RunningHub.rule;
import static dev.longshore.resolver.hub.RunningHub.served;
import static dev.longshore.resolver.hub.RunningHub.tag;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.events.ImageState;
import dev.longshore.events.Origin;
import dev.longshore.events.ServedState;
import dev.longshore.events.TagState;
import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.car.CarReader;
import dev.longshore.ipfs.reader.DagReader;
import dev.longshore.ipfs.reader.LeafOrder;
import dev.longshore.ipfs.testing.FlatFs;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.SiteName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageIndex;
import dev.longshore.oci.Manifest;
import dev.longshore.resolver.content.DagBlocks;
import dev.longshore.resolver.hub.settings.SiteGroupSettings;
import dev.longshore.resolver.hub.settings.SiteRuleSettings;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.States;
import dev.longshore.rules.TagSettings;
import dev.longshore.sites.Keep;
import dev.longshore.sites.Leaves;
import dev.longshore.sites.Leaves.Range;
import dev.longshore.sites.NameChange;
import dev.longshore.sites.SiteJson;
import dev.longshore.sites.SitePaths;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sites whose rule names platforms get what these need of an image, and no other part. */
class SitePlatformsTest {
  private static final String APP = "registry.test/shop/app";
  private static final String ARM = "linux/arm64";
  private static final String AMD = "linux/amd64";

  @TempDir Path folder;
  private RunningHub hub;
  private MirroredImage mirrored;
  private ImageState image;

  private static Deadline soon() {
    return Deadline.after(Duration.ofMinutes(1));
  }

  @BeforeEach
  void start() throws Exception {
    hub = hub("one");
    mirrored = mirror(hub, 1);
    image = shown(hub, mirrored);
  }

  @AfterEach
  void stop() throws Exception {
    hub.close();
  }

  private RunningHub hub(String name) throws Exception {
    Path repository = folder.resolve(name + "-repository");
    FlatFs.create(repository);
    RunningHub made =
        new RunningHub(
            folder.resolve(name),
            repository,
            List.of(),
            shops(ARM),
            group("offices", rule("registry.test/**")));
    made.groups.put("south", "offices");
    return made;
  }

  private static SiteGroupSettings shops(String... platforms) {
    return group(
        "shops",
        new SiteRuleSettings(
            List.of("registry.test/shop/*"),
            TagSettings.ALL,
            null,
            List.of(),
            Keep.EVERY_NODE,
            0,
            null,
            List.of(platforms)));
  }

  /** Two platforms with two layers of some leaves each. */
  private static MirroredImage mirror(RunningHub at, long seed) throws IOException {
    return MirroredImage.write(
        RandomImage.of(
            seed, RandomImageOptions.small().withPlatforms(AMD, ARM).withLayers(2, 600_000)),
        at.edge.own);
  }

  private static ImageState shown(RunningHub at, MirroredImage mirrored, TagState.Version... left) {
    ImageState its = image(APP, mirrored);
    at.put(its, tag(APP, "1", its, List.of(left)), served(APP, "1", States.AT, its));
    return its;
  }

  private static NameChange told(RunningHub by, String site) throws Exception {
    SiteClient client = new SiteClient(by, site);
    client.catchUp();
    return client.names.get(APP + ":1");
  }

  private static ImageDag dag(NameChange change) {
    assertThat(change.images()).hasSize(1);
    assertThat(change.served().selected()).isEqualTo(change.images().getFirst().imageDag());
    assertThat(change.served().results().getFirst().imageDag())
        .isEqualTo(change.served().selected());
    return change.images().getFirst().imageDag();
  }

  private static HttpResponse<byte[]> nodes(RunningHub at, String site, ImageDag dag)
      throws Exception {
    return at.get(site, SitePaths.nodes(new SiteName(site), dag));
  }

  /** All blocks of a DAG, as a site fetches them. */
  private static Map<Cid, byte[]> fetched(RunningHub at, String site, ImageDag dag)
      throws Exception {
    Map<Cid, byte[]> blocks = new HashMap<>(blocks(nodes(at, site, dag)));
    LeafOrder order = LeafOrder.of(dag.cid(), (cid, _) -> blocks.get(cid), soon());
    blocks.putAll(
        blocks(
            at.post(
                site,
                SitePaths.leaves(new SiteName(site), dag),
                SiteJson.write(new Leaves(List.of(new Range(0, order.leaves().size() - 1)))))));
    return blocks;
  }

  private static Map<Cid, byte[]> blocks(HttpResponse<byte[]> answer) throws IOException {
    assertThat(answer.statusCode())
        .as(new String(answer.body(), StandardCharsets.UTF_8))
        .isEqualTo(200);
    Map<Cid, byte[]> blocks = new HashMap<>();
    CarReader car = new CarReader(new ByteArrayInputStream(answer.body()));
    for (Block block = car.next(); block != null; block = car.next()) {
      blocks.put(block.cid(), block.bytes());
    }
    return blocks;
  }

  private static Digest entry(MirroredImage of, String platform) {
    return index(of).manifests().stream()
        .filter(each -> each.platform().orElseThrow().toString().equals(platform))
        .findFirst()
        .orElseThrow()
        .digest();
  }

  private static ImageIndex index(MirroredImage of) {
    return (ImageIndex) Manifest.parse(of.image().root().body(), of.image().root().mediaType());
  }

  /** The manifest of a platform, its config and layers. */
  private static Set<Digest> parts(MirroredImage of, String platform) {
    Digest manifest = entry(of, platform);
    RandomImage.StoredManifest stored = of.image().manifest(manifest.toString());
    Set<Digest> all = new HashSet<>(Set.of(manifest));
    Manifest.parse(stored.body(), stored.mediaType()).children().stream()
        .map(Descriptor::digest)
        .forEach(all::add);
    return all;
  }

  @Test
  void aSiteGetsTheIndexAndWhatItsPlatformNeeds() throws Exception {
    NameChange told = told(hub, "north");
    ImageDag dag = dag(told);

    assertThat(dag).isNotEqualTo(image.imageDag());
    assertThat(told.images().getFirst().servedDigest()).isEqualTo(mirrored.digest());
    Map<Cid, byte[]> blocks = fetched(hub, "north", dag);
    DagReader reader = new DagReader((cid, _) -> blocks.get(cid), Duration.ofSeconds(1));
    Set<Digest> wanted = parts(mirrored, ARM);
    wanted.add(mirrored.digest());
    long bytes = 0;
    for (Digest digest : wanted) {
      Cid file = reader.resolve(dag.cid(), "blobs/sha256/" + digest.hex());
      assertThat(file).isEqualTo(mirrored.blobs().get(digest));
      byte[] content = reader.open(file).readAllBytes();
      assertThat(Digest.of(content)).isEqualTo(digest);
      bytes += content.length;
    }
    assertThat(told.images().getFirst().bytes()).isEqualTo(bytes);
    assertThat(told.served().results().getFirst().bytes()).isEqualTo(bytes);
    assertThat(told.images().getFirst().blobs()).isEqualTo(wanted.size());
    // Its IPFS-enabled form is there too: as many manifests again.
    assertThat(reader.list(reader.resolve(dag.cid(), "blobs/sha256"))).hasSize(wanted.size() + 2);
    Set<Digest> others = parts(mirrored, AMD);
    others.removeAll(wanted);
    assertThat(others).hasSizeGreaterThan(2);
    assertThat(blocks.values().stream().map(Digest::of).toList())
        .doesNotContainAnyElementsOf(others);
    assertThat(blocks.values().stream().mapToLong(each -> each.length).sum())
        .isLessThan(bytes + 10_000);
  }

  @Test
  void aGroupWithoutPlatformsGetsAllAndOneWithOthersWhatTheyNeed() throws Exception {
    assertThat(dag(told(hub, "south"))).isEqualTo(image.imageDag());

    hub.settings = List.of(shops(AMD, ARM));
    assertThat(dag(told(hub, "north"))).isEqualTo(image.imageDag());

    hub.settings = List.of(shops("linux/riscv64"));
    ImageDag nothing = dag(told(hub, "north"));
    Map<Cid, byte[]> blocks = fetched(hub, "north", nothing);
    assertThat(blocks.values().stream().mapToLong(each -> each.length).sum()).isLessThan(5_000);
    assertThat(
            new DagReader((cid, _) -> blocks.get(cid), Duration.ofSeconds(1))
                .resolve(nothing.cid(), "blobs/sha256/" + mirrored.digest().hex()))
        .isEqualTo(mirrored.blobs().get(mirrored.digest()));
  }

  @Test
  void anImageOfOnePlatformComesWhole() throws Exception {
    MirroredImage one =
        MirroredImage.write(RandomImage.of(5, RandomImageOptions.small()), hub.edge.own);
    ImageState its = shown(hub, one);

    assertThat(dag(told(hub, "north"))).isEqualTo(its.imageDag());
  }

  @Test
  void aHubThatDidNotTellOfItFindsItAndThatOfAVersionThatItsTagLeft() throws Exception {
    ImageDag dag = dag(told(hub, "north"));
    try (RunningHub other = hub("other")) {
      MirroredImage same = mirror(other, 1);
      assertThat(nodes(other, "north", dag).statusCode()).isEqualTo(404);
      other.edge.clock.advance(Duration.ofSeconds(11));
      shown(other, same);
      assertThat(fetched(other, "north", dag).keySet())
          .isEqualTo(fetched(hub, "north", dag).keySet());
      assertThat(nodes(other, "south", dag).statusCode()).isEqualTo(200);
      ImageDag wrong = new ImageDag(mirrored.blobs().get(mirrored.digest()));
      assertThat(nodes(other, "north", wrong).statusCode()).isEqualTo(404);
    }
    try (RunningHub third = hub("third")) {
      mirror(third, 1);
      third.put(image);
      shown(
          third,
          mirror(third, 2),
          new TagState.Version(image.digest(), Origin.WEBHOOK, States.AT, States.AT, States.AT));
      assertThat(nodes(third, "north", dag).statusCode()).isEqualTo(200);
      third.edge.clock.advance(Duration.ofHours(24));
      assertThat(nodes(third, "north", dag).statusCode()).isEqualTo(404);
    }
  }

  @Test
  void whatCannotBeReadIsWaitedForAMinuteAndThenComesWhole() throws Exception {
    boolean[] away = {true};
    ImageBlocks blocks = new ImageBlocks(hub.edge.catalog, hub.edge.contents);
    PlatformDags platforms =
        new PlatformDags(
            hub.edge.catalog, its -> away[0] ? new Away() : blocks.of(its), hub.edge.clock);
    SiteImages images = new SiteImages(hub.edge.catalog, platforms, hub.edge.clock);
    SiteRuleSettings rule = shops(ARM).rules().getFirst();
    ServedState served = served(APP, "1", States.AT, image);

    assertThatThrownBy(() -> images.change(served, rule, 1))
        .isInstanceOf(NotYetException.class)
        .hasMessageContaining("cannot be read now: all peers are away");
    hub.edge.clock.advance(Duration.ofSeconds(59));
    assertThatThrownBy(() -> images.change(served, rule, 1)).isInstanceOf(NotYetException.class);
    hub.edge.clock.advance(Duration.ofSeconds(1));
    assertThat(dag(images.change(served, rule, 1))).isEqualTo(image.imageDag());

    away[0] = false;
    assertThat(dag(images.change(served, rule, 1))).isNotEqualTo(image.imageDag());
  }

  private static final class Away implements DagBlocks {
    @Override
    public byte[] get(Cid cid, Deadline deadline) throws IOException {
      throw new IOException("all peers are away");
    }

    @Override
    public boolean holds(Cid cid) {
      return false;
    }

    @Override
    public boolean bring(Cid parent) {
      return false;
    }

    @Override
    public byte[] child(Cid parent, Cid cid, Deadline deadline) throws IOException {
      return get(cid, deadline);
    }
  }
}
