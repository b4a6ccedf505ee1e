package dev.longshore.app.keyholder;

import dev.longshore.oci.Descriptor;
import dev.longshore.oci.files.OciLayoutWriter;
import java.io.IOException;
import java.io.InputStream;

/** What becomes of each encrypted layer of an image. */
interface LayerChange {
  /** Opens the ciphertext; the caller closes it. */
  @FunctionalInterface
  interface Ciphertext {
    InputStream open() throws IOException;
  }

  /**
   * Writes the layer.
   *
   * @return what describes it from now on
   */
  Descriptor write(Descriptor layer, Ciphertext ciphertext, OciLayoutWriter to) throws IOException;

  /**
   * Whether the layers can be read afterwards, so that the config's digests tell if they are right.
   */
  boolean opens();
}
