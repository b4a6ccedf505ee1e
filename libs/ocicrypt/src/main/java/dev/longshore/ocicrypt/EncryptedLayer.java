package dev.longshore.ocicrypt;

import dev.longshore.model.Digest;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A layer after encryption.
 *
 * @param digest of the ciphertext
 * @param size bytes, the same as the plain layer's
 * @param annotations the annotations to add to its descriptor
 */
public record EncryptedLayer(Digest digest, long size, SortedMap<String, String> annotations) {
  public EncryptedLayer {
    annotations = Collections.unmodifiableSortedMap(new TreeMap<>(annotations));
  }
}
