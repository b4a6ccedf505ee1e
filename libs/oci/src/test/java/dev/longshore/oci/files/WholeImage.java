package dev.longshore.oci.files;

import dev.longshore.model.OciFormatException;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.source.BlobStream;
import dev.longshore.oci.source.ImageSource;
import java.io.IOException;
import java.io.OutputStream;

/** Reads an image with all its content, so that every check is made. */
final class WholeImage {
  private WholeImage() {}

  static void walk(ImageSource source, RepositoryName name, Descriptor descriptor)
      throws IOException {
    if (!MediaType.isManifest(descriptor.mediaType())) {
      try (BlobStream in = source.blob(name, descriptor, 0)) {
        in.transferTo(OutputStream.nullOutputStream());
      }
      return;
    }
    byte[] body = source.manifest(name, descriptor.digest());
    Manifest manifest;
    try {
      manifest = Manifest.parse(body, descriptor.mediaType());
    } catch (OciFormatException e) {
      return;
    }
    for (Descriptor child : manifest.children()) {
      walk(source, name, child);
    }
  }
}
