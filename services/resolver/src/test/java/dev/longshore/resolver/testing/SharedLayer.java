package dev.longshore.resolver.testing;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.model.Digest;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImage.StoredManifest;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Two images of one manifest each that have one layer in common, and others that are their own.
 *
 * @param digest of the layer that both have
 */
public record SharedLayer(RandomImage one, RandomImage other, String digest) {
  private static final ObjectMapper JSON = new ObjectMapper();

  public static SharedLayer of(long seed) throws IOException {
    RandomImage one = RandomImage.of(2 * seed);
    RandomImage other = RandomImage.of(2 * seed + 1);
    ObjectNode layer = (ObjectNode) layers(one.root().body()).get(0);
    String digest = layer.get("digest").asText();
    ObjectNode manifest = (ObjectNode) JSON.readTree(other.root().body());
    ((ArrayNode) manifest.get("layers")).add(layer);
    byte[] body = JSON.writeValueAsBytes(manifest);
    StoredManifest stored =
        new StoredManifest(Digest.of(body).toString(), other.root().mediaType(), body);
    Map<String, byte[]> blobs = new HashMap<>(other.blobs());
    blobs.put(digest, one.blobs().get(digest));
    return new SharedLayer(one, new RandomImage(stored.digest(), List.of(stored), blobs), digest);
  }

  /** The last layer of the first image, or the first of the second one. */
  public static String ownLayer(RandomImage image, SharedLayer of) throws IOException {
    for (var layer : layers(image.root().body())) {
      String digest = layer.get("digest").asText();
      if (!digest.equals(of.digest())) {
        return digest;
      }
    }
    throw new AssertionError("an image has a layer of its own");
  }

  private static ArrayNode layers(byte[] manifest) throws IOException {
    return (ArrayNode) JSON.readTree(manifest).get("layers");
  }
}
