package dev.longshore.oci.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.model.Digest;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ForeignJson;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.ManifestHead;
import dev.longshore.oci.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The older format of {@code docker save}, also written by skopeo: {@code manifest.json} names
 * configs and layers by path. It has no OCI manifest; this creates one, always with the same bytes
 * for the same archive. Reading it hashes every layer once.
 */
final class DockerArchive implements ImageFiles {
  static final String MANIFEST = "manifest.json";

  /** Images and layers; Docker itself stops at 127 layers. */
  private static final int MAX_ENTRIES = 1_000;

  /** Layers of all images together; their manifests take 200 bytes for each. */
  private static final int MAX_LAYERS = 50_000;

  /** Names of one image; all are kept. */
  private static final int MAX_TAGS = 10_000;

  /** Names, values and brackets of the list: three for each layer, and slack. */
  private static final int MAX_TOKENS = 500_000;

  private static final int BUFFER = 256 * 1024;
  private static final JsonMapper MAPPER =
      new JsonMapper(
          ForeignJson.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder().maxTokenCount(MAX_TOKENS).build())
              .build());

  private final Container container;
  private final Map<Digest, FileContent> contents = new HashMap<>();
  private final Map<FileContent, Descriptor> configs = new HashMap<>();
  private final Map<FileContent, Descriptor> layers = new HashMap<>();
  private final List<SavedImage> images = new ArrayList<>();
  private int layersOfAll;

  private DockerArchive(Container container) {
    this.container = container;
  }

  static DockerArchive read(Container container) throws IOException {
    var archive = new DockerArchive(container);
    for (JsonNode entry : list(archive.json(), MANIFEST, MAX_ENTRIES)) {
      archive.add(entry);
    }
    return archive;
  }

  private JsonNode json() throws IOException {
    FileContent manifest = file(MANIFEST);
    byte[] body = Whole.read(manifest, Manifest.MANIFEST_LIMIT, MANIFEST);
    try {
      return MAPPER.readTree(new String(body, StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw new IOException("manifest.json is not JSON", e);
    }
  }

  private void add(JsonNode entry) throws IOException {
    Descriptor configDescriptor = config(file(entry.path("Config").asText("")));
    var layerDescriptors = new ArrayList<Descriptor>();
    JsonNode paths = list(entry.path("Layers"), "Layers", MAX_ENTRIES);
    layersOfAll += paths.size();
    if (layersOfAll > MAX_LAYERS) {
      throw new IOException("manifest.json: more than " + MAX_LAYERS + " layers");
    }
    for (JsonNode path : paths) {
      layerDescriptors.add(layer(file(path.asText(""))));
    }
    ImageManifest manifest =
        ImageManifest.of(
            ManifestHead.of(MediaType.OCI_MANIFEST), configDescriptor, layerDescriptors);
    contents.put(manifest.digest(), new MemoryContent(manifest.raw().bytes()));
    JsonNode tags = entry.path("RepoTags");
    if (tags.isEmpty()) {
      images.add(new SavedImage(Optional.empty(), Optional.empty(), manifest.descriptor()));
    }
    if (tags.size() > MAX_TAGS) {
      throw new IOException("manifest.json: more than " + MAX_TAGS + " RepoTags of one image");
    }
    for (JsonNode tag : tags) {
      images.add(SavedImage.of(tag.asText(""), manifest.descriptor()));
    }
  }

  private static JsonNode list(JsonNode node, String what, int most) throws IOException {
    if (!node.isArray() || node.size() > most) {
      throw new IOException("manifest.json: %s is not a list of at most %d".formatted(what, most));
    }
    return node;
  }

  /** Read once, however many names and images refer to it. */
  private Descriptor config(FileContent content) throws IOException {
    Descriptor known = configs.get(content);
    if (known != null) {
      return known;
    }
    byte[] body = Whole.read(content, Manifest.MANIFEST_LIMIT, "an image's config");
    Descriptor config = Descriptor.of(MediaType.OCI_CONFIG, body);
    configs.put(content, config);
    contents.put(config.digest(), content);
    return config;
  }

  /** Hashed once, just as a config is read once. */
  private Descriptor layer(FileContent content) throws IOException {
    Descriptor known = layers.get(content);
    if (known != null) {
      return known;
    }
    MessageDigest hash = Digest.Algorithm.SHA256.newHash();
    byte[] buffer = new byte[BUFFER];
    byte[] magic;
    try (InputStream in = content.open(0)) {
      magic = in.readNBytes(4);
      hash.update(magic);
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        hash.update(buffer, 0, count);
      }
    }
    Digest digest = Digest.finish(Digest.Algorithm.SHA256, hash);
    var layer = new Descriptor(mediaType(magic), digest, content.size());
    layers.put(content, layer);
    contents.put(digest, content);
    return layer;
  }

  /** By the first bytes: gzip (RFC 1952), zstd (RFC 8878), else a plain tar. */
  private static String mediaType(byte[] magic) {
    boolean gzip = magic.length > 1 && magic[0] == 0x1f && magic[1] == (byte) 0x8b;
    boolean zstd =
        magic.length > 3
            && magic[0] == 0x28
            && magic[1] == (byte) 0xb5
            && magic[2] == 0x2f
            && magic[3] == (byte) 0xfd;
    return gzip ? MediaType.OCI_LAYER_GZIP : zstd ? MediaType.OCI_LAYER_ZSTD : MediaType.OCI_LAYER;
  }

  private FileContent file(String path) throws IOException {
    return container
        .find(path)
        .orElseThrow(() -> new IOException("it has no file \"" + path + "\""));
  }

  @Override
  public List<SavedImage> images() {
    return List.copyOf(images);
  }

  @Override
  public Optional<FileContent> content(Digest digest) {
    return Optional.ofNullable(contents.get(digest));
  }
}
