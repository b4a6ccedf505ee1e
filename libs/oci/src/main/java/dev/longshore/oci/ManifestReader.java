package dev.longshore.oci;

import dev.longshore.model.Digest;
import dev.longshore.model.OciFormatException;
import dev.longshore.model.Platform;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Parses the body of a manifest or index; see {@link Manifest} for what it refuses. */
final class ManifestReader {
  private static final Set<String> BODY =
      Set.of(
          "schemaVersion",
          "mediaType",
          "artifactType",
          "config",
          "layers",
          "manifests",
          "subject",
          "annotations",
          "fsLayers",
          "blobs");
  private static final Set<String> DESCRIPTOR =
      Set.of(
          "mediaType", "digest", "size", "urls", "annotations", "data", "platform", "artifactType");
  private static final Set<String> PLATFORM =
      Set.of("architecture", "os", "os.version", "os.features", "variant");

  private ManifestReader() {}

  static Manifest read(byte[] body, String contentType) {
    if (body.length > Manifest.MANIFEST_LIMIT) {
      throw new OciFormatException(
          "manifest: %d bytes (expected: at most %d)"
              .formatted(body.length, Manifest.MANIFEST_LIMIT));
    }
    JsonFields fields = JsonFields.parse(body, BODY);
    refuseOldForms(fields);
    String served = MediaType.ofHeader(contentType);
    boolean index = isIndex(fields, served);
    String mediaType = mediaType(fields, served, index);
    var head =
        new ManifestHead(
            fields.optionalText("mediaType"),
            fields.optionalText("artifactType"),
            fields.object("subject", DESCRIPTOR).map(ManifestReader::descriptor),
            fields.textMap("annotations"));
    RawManifest raw = RawManifest.of(body);
    if (index) {
      Optional<List<Descriptor>> entries = descriptors(fields, "manifests");
      return new ImageIndex(raw, mediaType, head, entries.orElse(List.of()), entries.isEmpty());
    }
    Optional<List<Descriptor>> layers = descriptors(fields, "layers");
    Descriptor config =
        fields
            .object("config", DESCRIPTOR)
            .map(ManifestReader::descriptor)
            .orElseThrow(() -> new OciFormatException("manifest: it has no config"));
    return new ImageManifest(
        raw, mediaType, head, config, layers.orElse(List.of()), layers.isEmpty());
  }

  private static void refuseOldForms(JsonFields fields) {
    if (fields.has("fsLayers")) {
      throw new OciFormatException("manifest: Docker schema 1 (expected: Docker schema 2 or OCI)");
    }
    if (fields.has("blobs")) {
      throw new OciFormatException(
          "manifest: an OCI artifact manifest, withdrawn before 1.1 (expected: an image manifest"
              + " with artifactType)");
    }
    long version = fields.has("schemaVersion") ? fields.integer("schemaVersion") : 0;
    if (version != OciJson.SCHEMA_VERSION) {
      throw new OciFormatException("schemaVersion: " + version + " (expected: 2)");
    }
  }

  private static boolean isIndex(JsonFields fields, String served) {
    boolean index = fields.has("manifests");
    boolean image = fields.has("layers") || fields.has("config");
    if (index && image) {
      throw new OciFormatException(
          "manifest: it has manifests and also config or layers, so readers could disagree");
    }
    if (index || image) {
      return index;
    }
    return MediaType.isIndex(served) || MediaType.isIndex(fields.text("mediaType"));
  }

  private static String mediaType(JsonFields fields, String served, boolean index) {
    String declared = MediaType.ofHeader(fields.text("mediaType"));
    boolean servedKnown = MediaType.isManifest(served);
    if (servedKnown && !declared.isEmpty() && !declared.equals(served)) {
      throw OciFormatException.of("mediaType", declared, "that it was served with, " + served);
    }
    String mediaType = servedKnown ? served : declared;
    if (mediaType.isEmpty()) {
      return index ? MediaType.OCI_INDEX : MediaType.OCI_MANIFEST;
    }
    if (!MediaType.isManifest(mediaType)) {
      throw OciFormatException.of("mediaType", mediaType, "an image manifest or index");
    }
    if (MediaType.isIndex(mediaType) != index) {
      throw OciFormatException.of(
          "mediaType",
          mediaType,
          "that of " + (index ? "an index" : "an image") + ", by its fields");
    }
    return mediaType;
  }

  private static Optional<List<Descriptor>> descriptors(JsonFields fields, String name) {
    return fields
        .objects(name, DESCRIPTOR)
        .map(
            objects -> {
              var list = new ArrayList<Descriptor>(objects.size());
              objects.forEach(object -> list.add(descriptor(object)));
              return list;
            });
  }

  private static Descriptor descriptor(JsonFields fields) {
    Digest digest;
    try {
      digest = Digest.parse(fields.text("digest"));
    } catch (OciFormatException e) {
      throw new OciFormatException(fields.at("digest") + ": " + e.getMessage(), e);
    }
    return new Descriptor(
        fields.text("mediaType"),
        digest,
        fields.integer("size"),
        fields.texts("urls"),
        fields.textMap("annotations"),
        fields.base64("data"),
        fields.object("platform", PLATFORM).map(ManifestReader::platform),
        fields.optionalText("artifactType"));
  }

  private static Platform platform(JsonFields fields) {
    return new Platform(
        fields.text("os"),
        fields.text("architecture"),
        fields.text("variant"),
        fields.text("os.version"),
        fields.texts("os.features"));
  }

  /** Parses a descriptor that is a separate document, such as the root of an IPFS image. */
  static Descriptor readDescriptor(byte[] body) {
    return descriptor(JsonFields.parse(body, DESCRIPTOR));
  }
}
