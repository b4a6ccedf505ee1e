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
 * @param annotations what its descriptor gets on top of those that it has
 */
public record EncryptedLayer(Digest digest, long size, SortedMap<String, String> annotations) {
  public EncryptedLayer {
    annotations = Collections.unmodifiableSortedMap(new TreeMap<>(annotations));
  }
}
