package dev.longshore.testing;

import java.lang.ref.SoftReference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A whole image out of a seed: real tar layers, configs, manifests, perhaps an index. The same seed
 * and options give the same bytes with the same Java runtime (whose zlib compresses the layers).
 *
 * @param rootDigest of the index, or of the only manifest
 * @param manifests manifests and the index, children first
 * @param blobs configs, layers and attestation statements by digest
 */
public record RandomImage(
    String rootDigest, List<StoredManifest> manifests, Map<String, byte[]> blobs) {

  private static final long LARGE_BYTES = 500_000;
  private static final Map<Made, SoftReference<RandomImage>> LARGE = new ConcurrentHashMap<>();

  private record Made(long seed, RandomImageOptions options) {}

  /** A manifest's bytes with what they are. */
  @SuppressWarnings("ArrayRecordComponent") // test data: compared by digest, never changed
  public record StoredManifest(String digest, String mediaType, byte[] body) {}

  public RandomImage {
    manifests = List.copyOf(manifests);
    blobs = Map.copyOf(blobs);
  }

  public static RandomImage of(long seed) {
    return of(seed, RandomImageOptions.small());
  }

  /** Large ones are made once while there is room for them: making one takes half a second. */
  public static RandomImage of(long seed, RandomImageOptions options) {
    if (options.bytes() < LARGE_BYTES) {
      return make(seed, options);
    }
    Made made = new Made(seed, options);
    @Nullable SoftReference<RandomImage> known = LARGE.get(made);
    @Nullable RandomImage image = known == null ? null : known.get();
    if (image == null) {
      image = make(seed, options);
      LARGE.put(made, new SoftReference<>(image));
    }
    return image;
  }

  private static RandomImage make(long seed, RandomImageOptions options) {
    RandomGenerator random = new SplitMix(seed);
    return new Builder(random, options).build();
  }

  /** The index, or the only manifest. */
  public StoredManifest root() {
    return manifest(rootDigest);
  }

  /** The manifest with that digest. */
  public StoredManifest manifest(String digest) {
    return manifests.stream()
        .filter(m -> m.digest().equals(digest))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "digest: " + digest + " (expected: one of this image)"));
  }

  /** Bytes of all blobs. */
  public long blobBytes() {
    return blobs.values().stream().mapToLong(b -> b.length).sum();
  }

  private static final class Builder {
    private static final String[] ODD_TEXTS = {
      "<a href=\"x\">&amp;</a>",
      "größe → 尺寸",
      "line\u2028separator",
      "\uD83D\uDEA2 ship",
      "tab\tquote\"\\"
    };

    private final RandomGenerator random;
    private final RandomImageOptions options;
    private final MediaNames names;
    private final Map<String, byte[]> blobs = new LinkedHashMap<>();
    private final List<StoredManifest> manifests = new ArrayList<>();
    private final byte[] base;

    Builder(RandomGenerator random, RandomImageOptions options) {
      this.random = random;
      this.options = options;
      this.names = options.docker() ? MediaNames.DOCKER : MediaNames.OCI;
      this.base = RandomLayer.tar(random, options.layerBytes());
    }

    RandomImage build() {
      var entries = new ArrayList<String>();
      var attestations = new ArrayList<String>();
      for (String platform : options.platforms()) {
        StoredManifest image = image(platform);
        entries.add(entry(image, platform, Map.of()));
        if (options.attestations()) {
          attestations.add(attestation(image));
        }
      }
      if (entries.size() == 1 && attestations.isEmpty()) {
        return new RandomImage(manifests.getLast().digest(), manifests, blobs);
      }
      entries.addAll(attestations);
      String index =
          "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[%s]%s}"
              .formatted(names.index(), String.join(",", entries), annotationsField());
      return new RandomImage(store(names.index(), index).digest(), manifests, blobs);
    }

    private StoredManifest image(String platform) {
      var layers = new ArrayList<String>();
      var diffIds = new ArrayList<String>();
      for (int i = 0; i < options.layers(); i++) {
        byte[] tar =
            i == 0 && options.sharedBase() ? base : RandomLayer.tar(random, options.layerBytes());
        layer(tar, layers, diffIds);
      }
      if (options.emptyLayer()) {
        layer(Tar.of(Map.of()), layers, diffIds);
      }
      String[] parts = platform.split("/", 2);
      String config =
          "{\"architecture\":\"%s\",\"config\":{\"Cmd\":[\"/bin/true\"]},\"os\":\"%s\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[%s]}}"
              .formatted(parts[1], parts[0], quoted(diffIds));
      return manifest(blob(names.config(), JsonText.bytes(config), ""), layers);
    }

    private void layer(byte[] tar, List<String> layers, List<String> diffIds) {
      diffIds.add(Sha256.digest(tar));
      layers.add(blob(names.layerGzip(), RandomLayer.gzip(tar), annotationsField()));
    }

    private String attestation(StoredManifest image) {
      String statement =
          "{\"_type\":\"https://in-toto.io/Statement/v0.1\",\"subject\":[{\"digest\":\"%s\"}],\"predicate\":{\"seed\":%d}}"
              .formatted(image.digest(), random.nextInt(1_000_000));
      byte[] body = JsonText.bytes(statement);
      String layer =
          blob(
              "application/vnd.in-toto+json",
              body,
              ",\"annotations\":{\"in-toto.io/predicate-type\":\"https://slsa.dev/provenance/v0.2\"}");
      String config =
          "{\"architecture\":\"unknown\",\"os\":\"unknown\",\"config\":{},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"%s\"]}}"
              .formatted(Sha256.digest(body));
      StoredManifest manifest =
          manifest(blob(names.config(), JsonText.bytes(config), ""), List.of(layer));
      var annotations = new TreeMap<String, String>();
      annotations.put("vnd.docker.reference.type", "attestation-manifest");
      annotations.put("vnd.docker.reference.digest", image.digest());
      return entry(manifest, "unknown/unknown", annotations);
    }

    private StoredManifest manifest(String config, List<String> layers) {
      String body =
          "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":[%s]%s}"
              .formatted(names.manifest(), config, String.join(",", layers), annotationsField());
      return store(names.manifest(), body);
    }

    private String entry(
        StoredManifest manifest, String platform, Map<String, String> annotations) {
      String[] parts = platform.split("/", 2);
      return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d%s,\"platform\":{\"architecture\":\"%s\",\"os\":\"%s\"}}"
          .formatted(
              manifest.mediaType(),
              manifest.digest(),
              manifest.body().length,
              annotations.isEmpty() ? "" : ",\"annotations\":" + JsonText.map(annotations),
              parts[1],
              parts[0]);
    }

    private String blob(String mediaType, byte[] body, String extra) {
      String digest = Sha256.digest(body);
      blobs.put(digest, body);
      return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d%s}"
          .formatted(mediaType, digest, body.length, extra);
    }

    private StoredManifest store(String mediaType, String json) {
      byte[] body = JsonText.bytes(json);
      var stored = new StoredManifest(Sha256.digest(body), mediaType, body);
      manifests.add(stored);
      return stored;
    }

    private String annotationsField() {
      if (!options.annotations()) {
        return "";
      }
      var annotations = new TreeMap<String, String>();
      annotations.put("dev.longshore.n", Integer.toString(random.nextInt(1_000)));
      annotations.put("dev.longshore.odd", ODD_TEXTS[random.nextInt(ODD_TEXTS.length)]);
      return ",\"annotations\":" + JsonText.map(annotations);
    }

    private static String quoted(List<String> texts) {
      return "\"" + String.join("\",\"", texts) + "\"";
    }
  }
}
