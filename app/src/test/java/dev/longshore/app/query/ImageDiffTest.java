package dev.longshore.app.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.app.query.find.Found;
import dev.longshore.app.query.find.Found.Conversion;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.events.ImageState;
import dev.longshore.events.Origin;
import dev.longshore.events.TagState;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.ImportStats;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.ipfs.testing.MemoryBlocks;
import dev.longshore.ipfs.unixfs.DagLink;
import dev.longshore.ipfs.unixfs.DirectoryTree;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.ModeName;
import dev.longshore.model.PeerName;
import dev.longshore.model.Recipe;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.RootCid;
import dev.longshore.model.Tag;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageIndex;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.ManifestHead;
import dev.longshore.oci.MediaType;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ImageDiffTest {
  private static final Instant AT = Instant.parse("2026-01-01T12:00:00Z");
  private static final int LEAF = 1000;
  private static final String NAME = "localhost:5055/team/app:1";

  private final MemoryBlocks blocks = new MemoryBlocks();
  private final byte[] base = random(1, 50);
  private final byte[] own = random(2, 20);

  private static byte[] random(long seed, int leaves) {
    byte[] bytes = new byte[leaves * LEAF];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private Conversion image(String digest, String mode, byte[]... layers) throws Exception {
    DirectoryTree tree = new DirectoryTree();
    List<Descriptor> described =
        Arrays.stream(layers).map(layer -> Descriptor.of(MediaType.OCI_LAYER, layer)).toList();
    for (int i = 0; i < layers.length; i++) {
      tree.put(path(described.get(i)), file(layers[i]));
    }
    byte[] config = "{}".getBytes(StandardCharsets.UTF_8);
    ImageManifest manifest =
        ImageManifest.of(
            ManifestHead.of(MediaType.OCI_MANIFEST),
            Descriptor.of(MediaType.OCI_CONFIG, config),
            described);
    tree.put(path(manifest.descriptor()), file(manifest.raw().bytes()));
    ImageIndex index =
        ImageIndex.of(ManifestHead.of(MediaType.OCI_INDEX), List.of(manifest.descriptor()));
    tree.put("index.json", file(index.raw().bytes()));
    Cid dag = tree.write(blocks).cid();
    ImageState state =
        new ImageState(
            Digest.stored(digest),
            new Recipe("recipe-" + mode),
            new ModeName(mode),
            MediaType.OCI_MANIFEST,
            new ImageDag(dag),
            RootCid.stored("root"),
            Cid.stored("manifest"),
            List.of(),
            3,
            70_000,
            List.of(),
            new PeerName("a"),
            RepositoryName.canonical("localhost:5055/team/app"),
            AT);
    return new Conversion(state, Optional.empty(), List.of());
  }

  private static String path(Descriptor blob) {
    return "blobs/sha256/" + blob.digest().hex();
  }

  private DagLink file(byte[] content) throws Exception {
    UnixFsFileBuilder builder = UnixFsFileBuilder.fixedLeaves(LEAF, 174, blocks);
    builder.write(content, 0, content.length);
    return builder.finish();
  }

  private ImageDiff diff(Conversion has, Conversion wants) throws Exception {
    return ImageDiff.of(has, wants, _ -> blocks, Deadline.after(Duration.ofMinutes(1)));
  }

  private byte[] changed() {
    byte[] changed = own.clone();
    changed[7 * LEAF] ^= 1;
    return changed;
  }

  @Test
  void aLayerThatIsThereBringsNothingAndAChangedOneItsChangedLeaf() throws Exception {
    ImageDiff diff =
        diff(image("sha256:a", "plain", base, own), image("sha256:b", "plain", base, changed()));

    assertThat(diff.layers()).hasSize(2);
    assertThat(diff.layers().get(0).share().newBlocks()).isZero();
    assertThat(diff.layers().get(0).share().sharedBlocks()).isEqualTo(51);
    // The leaf, and the node above it.
    assertThat(diff.layers().get(1).share().newBlocks()).isEqualTo(2);
    assertThat(diff.layers().get(1).share().sharedBlocks()).isEqualTo(19);
    assertThat(diff.sum().newBytes()).isGreaterThan(LEAF).isLessThan(5 * LEAF);
    assertThat(diff.sum().sharedBytes()).isGreaterThan(69L * LEAF);
    assertThat(DiffView.lines(diff))
        .anyMatch(line -> line.startsWith("  layer 1/2  sha256:") && line.contains("new 0 B in 0"))
        .last()
        .asString()
        .startsWith("  in sum: new ");
  }

  @Test
  void anImageHasNothingNewToItself() throws Exception {
    Conversion image = image("sha256:a", "plain", base, own);

    assertThat(diff(image, image).sum().newBlocks()).isZero();
  }

  @Test
  void whatLacksABlockIsToldWithItsName() throws Exception {
    Conversion image = image("sha256:a", "plain", base);

    assertThatThrownBy(
            () ->
                ImageDiff.of(
                    image, image, _ -> new MemoryBlocks(), Deadline.after(Duration.ofMinutes(1))))
        .isInstanceOf(QueryException.class)
        .hasMessageContaining(image.image().imageDag().toString());
  }

  @Test
  void modesAreComparedWithTheirOwnKind() throws Exception {
    List<Conversion> has =
        List.of(image("sha256:a", "plain", base), image("sha256:a", "estargz", own));
    List<Conversion> wants = List.of(image("sha256:b", "estargz", changed()));

    assertThat(ModePairs.of(has, wants, null))
        .singleElement()
        .satisfies(pair -> assertThat(pair.has()).isSameAs(has.get(1)));
    assertThat(ModePairs.of(has, wants, "plain")).isEmpty();
  }

  @Test
  void statusOfANameTellsWhatAnEdgeWithTheVersionBeforeNeeds() throws Exception {
    Conversion before = image("sha256:a", "plain", base, own);
    Conversion now = image("sha256:b", "plain", base, changed());
    Catalog catalog = Catalog.inMemory(Clock.systemUTC());
    catalog
        .writer()
        .apply(
            List.of(
                new CatalogRecord(
                    Topic.of(before.image()), 0, 0, AT, before.image().key(), before.image())));
    // One that was never converted lies between them.
    TagState tag = tag(List.of("sha256:never", "sha256:a"));
    Found found = new Found(NAME, tag, Digest.stored("sha256:b"), List.of(NAME), List.of(now));

    NameStatus status = NameStatus.of(found, catalog, _ -> blocks);

    assertThat(status.modes())
        .singleElement()
        .satisfies(
            mode -> {
              assertThat(mode.before().digest()).hasToString("sha256:a");
              assertThat(mode.before().needs()).isEqualTo(diff(before, now).sum());
            });
    assertThat(status.lines())
        .anyMatch(line -> line.contains("for an edge that has sha256:a: new"));
    assertThat(status.json().at("/modes/0/since/newBlocks").asLong())
        .isEqualTo(diff(before, now).sum().newBlocks());
  }

  @Test
  void statusOfANameSaysWhyNothingWasCounted() throws Exception {
    Conversion before = image("sha256:a", "plain", base);
    Conversion now = image("sha256:b", "plain", own);
    Catalog catalog = Catalog.inMemory(Clock.systemUTC());
    catalog
        .writer()
        .apply(
            List.of(
                new CatalogRecord(
                    Topic.of(before.image()), 0, 0, AT, before.image().key(), before.image())));
    Found found =
        new Found(
            NAME, tag(List.of("sha256:a")), Digest.stored("sha256:b"), List.of(), List.of(now));

    NameStatus status = NameStatus.of(found, catalog, _ -> new MemoryBlocks());

    assertThat(status.lines()).anyMatch(line -> line.contains("not known: the blocks of"));
  }

  @Test
  void aPeerThatLacksABlockIsFollowedByTheNext() throws Exception {
    Conversion image = image("sha256:a", "plain", base, own);
    InMemorySwarm swarm = new InMemorySwarm();
    InMemoryIpfsNode empty = swarm.node("empty");
    InMemoryIpfsNode full = swarm.node("full");
    ImportStats stored =
        full.importCar(
            sink -> blocks.exportTo(image.image().imageDag().cid(), sink),
            Deadline.after(Duration.ofMinutes(1)));

    ImageDiff diff =
        ImageDiff.of(
            image,
            image,
            _ -> new BlockPeers(List.of(empty, full)),
            Deadline.after(Duration.ofMinutes(1)));

    assertThat(diff.sum().sharedBlocks()).isEqualTo(stored.blocks());
    assertThat(diff.sum().sharedBytes()).isEqualTo(stored.blockBytes());
  }

  private static TagState tag(List<String> previous) {
    return new TagState(
        RepositoryName.canonical("localhost:5055/team/app"),
        new Tag("1"),
        Digest.stored("sha256:b"),
        MediaType.OCI_MANIFEST,
        7,
        previous.stream().map(Digest::stored).toList(),
        false,
        Origin.WEBHOOK,
        AT,
        AT);
  }
}
