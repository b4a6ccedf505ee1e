package dev.longshore.app.faults;

import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImage.StoredManifest;
import dev.longshore.testing.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Small images that share layers, of one platform or of two. */
final class SampleImages {
  private static final String OCI = "application/vnd.oci.image.";

  private static final int[] LAYER_BYTES = {0, 10, 100, 700, 1500, 4000};

  /** It takes two leaves, and its digests most of a seed's time, so few images have it. */
  private static final int LARGE_BYTES = 262_145;

  private static final int ONE_IN = 5;

  private static final List<byte[]> LAYERS = layers();

  private SampleImages() {}

  private static List<byte[]> layers() {
    Random random = new Random(1);
    List<byte[]> layers = new ArrayList<>();
    for (int bytes : LAYER_BYTES) {
      byte[] layer = new byte[bytes];
      random.nextBytes(layer);
      layers.add(layer);
    }
    return List.copyOf(layers);
  }

  /** The same image for the same number; any two share layers as a rule. */
  static RandomImage of(int number) {
    Random random = new Random(number);
    Map<String, byte[]> blobs = new HashMap<>();
    List<StoredManifest> manifests = new ArrayList<>();
    StoredManifest root = manifest(number, "amd64", random, blobs, manifests);
    if (random.nextInt(4) == 0) {
      StoredManifest other = manifest(number, "arm64", random, blobs, manifests);
      String index =
          "{\"schemaVersion\":2,\"mediaType\":\"%sindex.v1+json\",\"manifests\":[%s,%s]}"
              .formatted(OCI, entry(root, "amd64"), entry(other, "arm64"));
      root = stored(OCI + "index.v1+json", index);
      manifests.add(root);
    }
    return new RandomImage(root.digest(), manifests, blobs);
  }

  /** The same image without one of its layers, as a push that broke off leaves it. */
  static RandomImage broken(int number) {
    RandomImage whole = of(number);
    Map<String, byte[]> blobs = new HashMap<>();
    List<StoredManifest> manifests = new ArrayList<>();
    byte[] missing = ("missing " + number).getBytes(StandardCharsets.UTF_8);
    StoredManifest root = manifest("broken " + number, List.of(missing), "amd64", blobs);
    manifests.add(root);
    blobs.remove(Sha256.digest(missing));
    blobs.putAll(whole.blobs());
    return new RandomImage(root.digest(), manifests, blobs);
  }

  private static StoredManifest manifest(
      int number,
      String architecture,
      Random random,
      Map<String, byte[]> blobs,
      List<StoredManifest> manifests) {
    List<byte[]> layers = new ArrayList<>(LAYERS);
    Collections.shuffle(layers, random);
    List<byte[]> chosen = new ArrayList<>(layers.subList(0, 1 + random.nextInt(3)));
    if (number % ONE_IN == 0) {
      chosen.add(new byte[LARGE_BYTES]);
    }
    StoredManifest manifest = manifest("image " + number, chosen, architecture, blobs);
    manifests.add(manifest);
    return manifest;
  }

  private static StoredManifest manifest(
      String title, List<byte[]> layers, String architecture, Map<String, byte[]> blobs) {
    String config =
        "{\"architecture\":\"%s\",\"os\":\"linux\",\"author\":\"%s\"}"
            .formatted(architecture, title);
    List<String> descriptors = new ArrayList<>();
    for (byte[] layer : layers) {
      descriptors.add(blob(OCI + "layer.v1.tar", layer, blobs));
    }
    return stored(
        OCI + "manifest.v1+json",
        "{\"schemaVersion\":2,\"mediaType\":\"%smanifest.v1+json\",\"config\":%s,\"layers\":[%s]}"
            .formatted(
                OCI,
                blob(OCI + "config.v1+json", config.getBytes(StandardCharsets.UTF_8), blobs),
                String.join(",", descriptors)));
  }

  private static StoredManifest stored(String mediaType, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return new StoredManifest(Sha256.digest(bytes), mediaType, bytes);
  }

  private static String entry(StoredManifest manifest, String architecture) {
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d,\"platform\":{\"architecture\":\"%s\",\"os\":\"linux\"}}"
        .formatted(manifest.mediaType(), manifest.digest(), manifest.body().length, architecture);
  }

  private static String blob(String mediaType, byte[] content, Map<String, byte[]> blobs) {
    String digest = Sha256.digest(content);
    blobs.put(digest, content);
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
        .formatted(mediaType, digest, content.length);
  }
}
