package dev.longshore.converter.image;

import dev.longshore.converter.source.ImagePlan;
import dev.longshore.ipfs.BlockSink;
import dev.longshore.ipfs.unixfs.DagLink;
import dev.longshore.ipfs.unixfs.DirectoryTree;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageIndex;
import dev.longshore.oci.IpfsEnabledManifests;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.ManifestHead;
import dev.longshore.oci.MediaType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * One image as a UnixFS directory that is an OCI image layout, so that one pin keeps everything:
 * the original manifests, their IPFS-enabled versions, configs and layers, and the root descriptor.
 *
 * @param link the directory
 * @param root the file {@link #ROOT_FILE}; its CID is the image's root CID
 * @param manifest CID of the IPFS-enabled manifest or index that the root descriptor names
 */
record ImageLayout(DagLink link, Cid root, Cid manifest) {
  /** Holds the root descriptor; the specification of image layouts allows other files. */
  static final String ROOT_FILE = "longshore-root.json";

  private static final byte[] OCI_LAYOUT =
      "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.UTF_8);

  /**
   * Writes the blocks of everything but configs and layers.
   *
   * @param blobs results for configs and layers
   */
  static ImageLayout write(ImagePlan plan, Map<Digest, DagLink> blobs, BlockSink sink)
      throws IOException {
    var tree = new DirectoryTree();
    for (Digest blob : plan.blobs().keySet()) {
      DagLink link = blobs.get(blob);
      if (link != null) {
        tree.put(path(blob), link);
      }
    }
    for (Map.Entry<Digest, Manifest> manifest : plan.manifests().entrySet()) {
      tree.put(path(manifest.getKey()), file(manifest.getValue(), sink));
    }
    var forms =
        new IpfsEnabledImage(
            blobs,
            form -> {
              DagLink link = file(form, sink);
              tree.put(path(form.digest()), link);
              return link;
            });
    Descriptor top = forms.of(plan.top());
    DagLink root = UnixFsFileBuilder.build(IpfsEnabledManifests.root(top), sink);
    tree.put(ROOT_FILE, root);
    tree.put("oci-layout", UnixFsFileBuilder.build(OCI_LAYOUT, sink));
    tree.put("index.json", file(layoutIndex(plan.top().descriptor()), sink));
    return new ImageLayout(
        tree.write(sink), root.cid(), IpfsEnabledManifests.cid(top).map(Cid::parse).orElseThrow());
  }

  private static ImageIndex layoutIndex(Descriptor original) {
    return ImageIndex.of(ManifestHead.of(MediaType.OCI_INDEX), List.of(original));
  }

  private static DagLink file(Manifest manifest, BlockSink sink) throws IOException {
    return UnixFsFileBuilder.build(manifest.raw().bytes(), sink);
  }

  private static String path(Digest digest) {
    return "blobs/" + digest.algorithm().prefix() + "/" + digest.hex();
  }
}
