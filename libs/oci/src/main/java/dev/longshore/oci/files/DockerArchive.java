package dev.longshore.oci.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.Digest;
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
 * The older form of {@code docker save}, which skopeo writes too: {@code manifest.json} names
 * configs and layers by path. It holds no OCI manifest; one is written, always with the same bytes
 * for the same archive. Reading it hashes every layer once.
 */
final class DockerArchive implements ImageFiles {
  static final String MANIFEST = "manifest.json";

  /** Images and layers; Docker itself stops at 127 layers. */
  private static final int MAX_ENTRIES = 1_000;

  private static final int BUFFER = 256 * 1024;
  private static final JsonMapper MAPPER = new JsonMapper();

  private final Container container;
  private final Map<Digest, Content> contents = new HashMap<>();
  private final Map<String, Descriptor> layers = new HashMap<>();
  private final List<NamedImage> images = new ArrayList<>();

  private DockerArchive(Container container) {
    this.container = container;
  }

  static DockerArchive read(Container container) throws IOException {
    var archive = new DockerArchive(container);
    for (JsonNode entry : archive.list(archive.json(), MANIFEST)) {
      archive.add(entry);
    }
    return archive;
  }

  private JsonNode json() throws IOException {
    Content manifest = file(MANIFEST);
    byte[] body = Whole.read(manifest, Manifest.MANIFEST_LIMIT, MANIFEST);
    try {
      return MAPPER.readTree(new String(body, StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw new IOException("manifest.json is not JSON", e);
    }
  }

  private void add(JsonNode entry) throws IOException {
    String configPath = entry.path("Config").asText("");
    byte[] config = Whole.read(file(configPath), Manifest.MANIFEST_LIMIT, "an image's config");
    Descriptor configDescriptor = Descriptor.of(MediaType.OCI_CONFIG, config);
    contents.put(configDescriptor.digest(), new MemoryContent(config));
    var layerDescriptors = new ArrayList<Descriptor>();
    for (JsonNode path : list(entry.path("Layers"), "Layers")) {
      layerDescriptors.add(layer(path.asText("")));
    }
    ImageManifest manifest =
        ImageManifest.of(
            ManifestHead.of(MediaType.OCI_MANIFEST), configDescriptor, layerDescriptors);
    contents.put(manifest.digest(), new MemoryContent(manifest.raw().bytes()));
    JsonNode tags = entry.path("RepoTags");
    if (tags.isEmpty()) {
      images.add(new NamedImage(Optional.empty(), Optional.empty(), manifest.descriptor()));
    }
    for (JsonNode tag : tags) {
      images.add(NamedImage.of(tag.asText(""), manifest.descriptor()));
    }
  }

  private JsonNode list(JsonNode node, String what) throws IOException {
    if (!node.isArray() || node.size() > MAX_ENTRIES) {
      throw new IOException(
          "manifest.json: %s is not a list of at most %d".formatted(what, MAX_ENTRIES));
    }
    return node;
  }

  private Descriptor layer(String path) throws IOException {
    Descriptor known = layers.get(path);
    if (known != null) {
      return known;
    }
    Content content = file(path);
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
    layers.put(path, layer);
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

  private Content file(String path) throws IOException {
    return container
        .find(path)
        .orElseThrow(() -> new IOException("it has no file \"" + path + "\""));
  }

  @Override
  public List<NamedImage> images() {
    return List.copyOf(images);
  }

  @Override
  public Optional<Content> content(Digest digest) {
    return Optional.ofNullable(contents.get(digest));
  }
}
