package dev.longshore.bench.edge;

import dev.longshore.bench.image.BigImage;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import java.io.IOException;

/** A pull of all blobs of an image, one after another. */
final class Blobs {
  private Blobs() {}

  /** The number of bytes that came. */
  static long pull(Site site, RepositoryName repository, BigImage image)
      throws IOException, InterruptedException {
    long bytes = 0;
    for (Descriptor blob : image.blobs()) {
      bytes += site.pull(Rig.path(repository), "blobs/" + blob.digest());
    }
    if (bytes != image.bytes()) {
      throw new IOException("the site gave %d of %d bytes".formatted(bytes, image.bytes()));
    }
    return bytes;
  }
}
