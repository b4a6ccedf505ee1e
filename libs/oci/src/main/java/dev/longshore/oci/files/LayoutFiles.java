package dev.longshore.oci.files;

import dev.longshore.model.Digest;
import dev.longshore.model.OciFormatException;
import dev.longshore.oci.ImageIndex;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.MediaType;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The OCI image layout (image spec, "Image Layout"): {@code index.json} and blobs by digest. */
record LayoutFiles(Container container, List<SavedImage> images) implements ImageFiles {
  static final String MARKER = "oci-layout";
  static final String INDEX = "index.json";

  static LayoutFiles read(Container container) throws IOException {
    if (container.find(MARKER).isEmpty()) {
      throw new IOException("there is no file oci-layout, so it is not an OCI layout");
    }
    FileContent index =
        container.find(INDEX).orElseThrow(() -> new IOException("index.json is missing"));
    byte[] body = Whole.read(index, Manifest.MANIFEST_LIMIT, INDEX);
    try {
      if (Manifest.parse(body, MediaType.OCI_INDEX) instanceof ImageIndex entries) {
        return new LayoutFiles(
            container, entries.manifests().stream().map(SavedImage::of).toList());
      }
      throw new IOException("index.json is not an index");
    } catch (OciFormatException e) {
      throw new IOException("index.json: " + e.getMessage(), e);
    }
  }

  @Override
  public Optional<FileContent> content(Digest digest) throws IOException {
    return container.find("blobs/" + digest.algorithm().prefix() + "/" + digest.hex());
  }
}
