package dev.longshore.app.keyholder;

import dev.longshore.oci.Descriptor;
import dev.longshore.oci.files.OciLayoutWriter;
import dev.longshore.ocicrypt.LayerKeys;
import dev.longshore.ocicrypt.PrivateKeys;
import dev.longshore.ocicrypt.Recipients;
import java.io.IOException;
import java.io.InputStream;

/**
 * Wraps the layer's key for other recipients; its bytes, digest and CID stay.
 *
 * @param keepOthers whether present recipients remain
 */
record Rewrapping(PrivateKeys keys, Recipients to, boolean keepOthers) implements LayerChange {
  @Override
  public Descriptor write(Descriptor layer, Ciphertext ciphertext, OciLayoutWriter layout)
      throws IOException {
    Descriptor changed =
        layer.withAnnotations(
            keepOthers
                ? LayerKeys.add(layer.annotations(), keys, to)
                : LayerKeys.rewrap(layer.annotations(), keys, to));
    layout.blob(
        out -> {
          try (InputStream in = ciphertext.open()) {
            in.transferTo(out);
          }
          return layer.digest();
        });
    return changed;
  }

  @Override
  public boolean opens() {
    return false;
  }
}
