package dev.longshore.app.keyholder;

import dev.longshore.model.Digest;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.files.OciLayoutWriter;
import dev.longshore.ocicrypt.EncryptedMediaType;
import dev.longshore.ocicrypt.LayerCipher;
import dev.longshore.ocicrypt.LayerKeys;
import dev.longshore.ocicrypt.PrivateKeys;
import java.io.IOException;
import java.io.InputStream;

/**
 * Makes the plain layer. Its bytes keep a temporary name until the HMAC over all of them is
 * verified; only then the blob exists.
 */
record Decrypting(PrivateKeys keys) implements LayerChange {
  @Override
  public Descriptor write(Descriptor layer, Ciphertext ciphertext, OciLayoutWriter to)
      throws IOException {
    Digest plain =
        to.blob(
            out -> {
              try (InputStream in = ciphertext.open()) {
                return LayerCipher.decrypt(in, layer.annotations(), keys, out).digest();
              }
            });
    return layer
        .rewritten(EncryptedMediaType.plainOf(layer.mediaType()), plain, layer.size())
        .withAnnotations(LayerKeys.plainAnnotations(layer.annotations()));
  }

  @Override
  public boolean opens() {
    return true;
  }
}
