package dev.longshore.app.keyholder;

import dev.longshore.oci.Descriptor;
import dev.longshore.oci.files.OciLayoutWriter;
import java.io.IOException;
import java.io.InputStream;

/** The change to make to each encrypted layer of an image. */
interface LayerChange {
  /** Opens the ciphertext; the caller closes it. */
  @FunctionalInterface
  interface Ciphertext {
    InputStream open() throws IOException;
  }

  /**
   * Writes the layer.
   *
   * @return its new descriptor
   */
  Descriptor write(Descriptor layer, Ciphertext ciphertext, OciLayoutWriter to) throws IOException;

  /** Whether the layers are readable afterwards, so that the config's digests can verify them. */
  boolean opens();
}
