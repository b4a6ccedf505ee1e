package dev.longshore.resolver.testing;

import dev.longshore.ipfs.BlockSink;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.unixfs.DagLink;
import dev.longshore.ipfs.unixfs.DirectoryTree;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageIndex;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.IpfsEnabledManifests;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.ManifestHead;
import dev.longshore.oci.MediaType;
import dev.longshore.testing.RandomImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An image as it lies in IPFS: its DAG with the manifests of both forms, its configs and layers.
 *
 * @param image the image
 * @param dag CID of the image DAG
 * @param root root CID
 * @param manifest CID of the IPFS-enabled manifest or index
 * @param enabled digest of the IPFS-enabled manifest or index
 * @param blobs CIDs of configs, layers and manifests by digest
 */
public record MirroredImage(
    RandomImage image, Cid dag, Cid root, Cid manifest, Digest enabled, Map<Digest, Cid> blobs) {

  /**
   * Writes the image into the node as the converter does; nothing is pinned. An index may name
   * manifests that the image lacks, as where platforms were left out.
   */
  public static MirroredImage write(RandomImage image, IpfsNode node) throws IOException {
    MirroredImage[] written = new MirroredImage[1];
    node.importCar(
        sink -> written[0] = new Writer(image, sink).write(),
        Deadline.after(Duration.ofMinutes(1)));
    return written[0];
  }

  /** Digest of the source's manifest or index. */
  public Digest digest() {
    return Digest.parse(image.rootDigest());
  }

  private static final class Writer {
    private final RandomImage image;
    private final BlockSink sink;
    private final DirectoryTree tree = new DirectoryTree();
    private final Map<Digest, Cid> blobs = new HashMap<>();

    Writer(RandomImage image, BlockSink sink) {
      this.image = image;
      this.sink = sink;
    }

    MirroredImage write() throws IOException {
      for (Map.Entry<String, byte[]> blob : image.blobs().entrySet()) {
        put(Digest.parse(blob.getKey()), blob.getValue());
      }
      for (RandomImage.StoredManifest manifest : image.manifests()) {
        put(Digest.parse(manifest.digest()), manifest.body());
      }
      RandomImage.StoredManifest top = image.root();
      Descriptor original = descriptor(top);
      Descriptor enabled = enabled(original);
      DagLink root = UnixFsFileBuilder.build(IpfsEnabledManifests.root(enabled), sink);
      tree.put("longshore-root.json", root);
      tree.put(
          "oci-layout",
          UnixFsFileBuilder.build(
              "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.UTF_8), sink));
      ImageIndex layout = ImageIndex.of(ManifestHead.of(MediaType.OCI_INDEX), List.of(original));
      tree.put("index.json", UnixFsFileBuilder.build(layout.raw().bytes(), sink));
      return new MirroredImage(
          image,
          tree.write(sink).cid(),
          root.cid(),
          Cid.parse(IpfsEnabledManifests.cid(enabled).orElseThrow()),
          enabled.digest(),
          blobs);
    }

    private Descriptor enabled(Descriptor original) throws IOException {
      if (!MediaType.isManifest(original.mediaType())) {
        return IpfsEnabledManifests.blob(original, blobs.get(original.digest()).toString());
      }
      RandomImage.StoredManifest stored = image.manifest(original.digest().toString());
      Manifest form =
          switch (Manifest.parse(stored.body(), stored.mediaType())) {
            case ImageIndex index -> {
              List<Descriptor> entries = new ArrayList<>();
              for (Descriptor entry : index.manifests()) {
                if (blobs.containsKey(entry.digest())) {
                  entries.add(enabled(entry));
                }
              }
              yield IpfsEnabledManifests.index(index, entries);
            }
            case ImageManifest manifest ->
                IpfsEnabledManifests.manifest(
                    manifest, child -> blobs.get(child.digest()).toString());
          };
      Cid cid = put(form.digest(), form.raw().bytes());
      return IpfsEnabledManifests.converted(original, form, cid.toString());
    }

    private Cid put(Digest digest, byte[] bytes) throws IOException {
      DagLink link = UnixFsFileBuilder.build(bytes, sink);
      tree.put("blobs/" + digest.algorithm().prefix() + "/" + digest.hex(), link);
      blobs.put(digest, link.cid());
      return link.cid();
    }
  }

  private static Descriptor descriptor(RandomImage.StoredManifest manifest) {
    return new Descriptor(
        manifest.mediaType(), Digest.parse(manifest.digest()), manifest.body().length);
  }
}
