package dev.longshore.app.query;

import dev.longshore.ipfs.reader.BlockSource;
import dev.longshore.ipfs.reader.DagReader;
import dev.longshore.ipfs.reader.DirectoryEntry;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageIndex;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.MediaType;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Finds the layers of an image in its image DAG through its manifests. */
final class LayoutLayers {
  /** The converter's limit for nested indexes. */
  private static final int NESTING = 8;

  private final DagReader reader;
  private final Map<String, Cid> blobs = new HashMap<>();
  private final Set<Digest> seen = new HashSet<>();
  private final List<Layer> layers = new ArrayList<>();

  private LayoutLayers(DagReader reader) {
    this.reader = reader;
  }

  /**
   * A layer.
   *
   * @param cid CID of its file
   */
  record Layer(Descriptor blob, Cid cid) {}

  /**
   * Each layer once, in the manifests' order. Leaves out missing ones, such as foreign layers.
   *
   * @param blockTimeout for each block
   */
  static List<Layer> of(Cid imageDag, BlockSource source, Duration blockTimeout)
      throws IOException {
    var layout = new LayoutLayers(new DagReader(source, blockTimeout));
    layout.list(imageDag);
    Cid index = layout.reader.resolve(imageDag, "index.json");
    layout.visit(layout.read(index, MediaType.OCI_INDEX), 0);
    return layout.layers;
  }

  /** Bytes of the blocks of all blobs of the image, manifests among them. */
  static Map<Digest, Long> sizes(Cid imageDag, BlockSource source, Duration blockTimeout)
      throws IOException {
    var layout = new LayoutLayers(new DagReader(source, blockTimeout));
    Map<Digest, Long> sizes = new HashMap<>();
    layout.list(imageDag, (digest, blob) -> sizes.put(Digest.parse(digest), blob.dagSize()));
    return sizes;
  }

  private void list(Cid imageDag) throws IOException {
    list(imageDag, (digest, blob) -> blobs.put(digest, blob.cid()));
  }

  private void list(Cid imageDag, BiConsumer<String, DirectoryEntry> each) throws IOException {
    for (DirectoryEntry algorithm : reader.list(reader.resolve(imageDag, "blobs"))) {
      reader.list(algorithm.cid(), blob -> each.accept(algorithm.name() + ":" + blob.name(), blob));
    }
  }

  private Manifest read(Cid file, String mediaType) throws IOException {
    return Manifest.parse(reader.read(file, Manifest.MANIFEST_LIMIT), mediaType);
  }

  private void visit(Manifest manifest, int level) throws IOException {
    switch (manifest) {
      case ImageManifest image -> image.layers().forEach(this::add);
      case ImageIndex index -> {
        for (Descriptor entry : index.manifests()) {
          @Nullable Cid file = blobs.get(entry.digest().toString());
          boolean reads = MediaType.isManifest(entry.mediaType()) && level < NESTING;
          if (file != null && reads && seen.add(entry.digest())) {
            visit(read(file, entry.mediaType()), level + 1);
          }
        }
      }
    }
  }

  private void add(Descriptor layer) {
    @Nullable Cid file = blobs.get(layer.digest().toString());
    if (file != null && seen.add(layer.digest())) {
      layers.add(new Layer(layer, file));
    }
  }
}
