package dev.longshore.converter;

import dev.longshore.events.ImageState;
import dev.longshore.ipfs.node.Reach;
import dev.longshore.ipfs.reader.DagReader;
import dev.longshore.ipfs.reader.DirectoryEntry;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
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
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The image layout that an image DAG is, read back from the peer. */
final class StoredLayout {
  private final DagReader reader;
  private final Cid dag;

  StoredLayout(InMemoryIpfsNode peer, ImageState image) {
    this.reader =
        new DagReader(
            (cid, deadline) -> peer.block(cid, Reach.LOCAL, deadline).bytes(),
            Duration.ofSeconds(10));
    this.dag = image.imageDag().cid();
  }

  Descriptor top() throws IOException {
    byte[] index = reader.read(reader.resolve(dag, "index.json"), 10_000);
    return Manifest.parse(index, MediaType.OCI_INDEX).children().getFirst();
  }

  byte[] blob(Digest digest) throws IOException {
    return reader.read(
        reader.resolve(dag, "blobs/%s/%s".formatted(digest.algorithm().prefix(), digest.hex())),
        10_000_000);
  }

  Manifest manifest(Descriptor descriptor) throws IOException {
    return Manifest.parse(blob(descriptor.digest()), descriptor.mediaType());
  }

  /** Manifests of images and artifacts, in the order of the index. */
  List<ImageManifest> images() throws IOException {
    return images(manifest(top())).toList();
  }

  private Stream<ImageManifest> images(Manifest manifest) throws IOException {
    return switch (manifest) {
      case ImageManifest image -> Stream.of(image);
      case ImageIndex index -> {
        List<ImageManifest> found = new ArrayList<>();
        for (Descriptor entry : index.manifests()) {
          images(manifest(entry)).forEach(found::add);
        }
        yield found.stream();
      }
    };
  }

  /** Hexadecimal names of all blobs. */
  List<String> names() throws IOException {
    return reader.list(reader.resolve(dag, "blobs/sha256")).stream()
        .map(DirectoryEntry::name)
        .collect(Collectors.toList());
  }
}
