package dev.longshore.oci;

import dev.longshore.model.Platform;
import java.util.List;
import java.util.Optional;

/**
 * Writes descriptors, manifests and indexes with exactly the bytes of Go's encoder over the image
 * spec's structs: their field order, empty fields left out. Digests and CIDs depend on each byte.
 */
public final class OciJson {
  /** The only version, for Docker's second schema and for OCI. */
  static final int SCHEMA_VERSION = 2;

  private OciJson() {}

  public static byte[] descriptor(Descriptor descriptor) {
    var json = new GoJson();
    write(json, descriptor);
    return json.bytes();
  }

  /** A manifest; absent layers are written {@code null}. */
  static byte[] manifest(ManifestHead head, Descriptor config, Optional<List<Descriptor>> layers) {
    GoJson json = open(head);
    json.name("config");
    write(json, config);
    write(json.name("layers"), layers);
    return close(json, head);
  }

  /** An index; absent entries are written {@code null}. */
  static byte[] index(ManifestHead head, Optional<List<Descriptor>> manifests) {
    GoJson json = open(head);
    write(json.name("manifests"), manifests);
    return close(json, head);
  }

  private static GoJson open(ManifestHead head) {
    return new GoJson()
        .open('{')
        .name("schemaVersion")
        .number(SCHEMA_VERSION)
        .optional("mediaType", head.declaredMediaType().orElse(""))
        .optional("artifactType", head.artifactType().orElse(""));
  }

  private static byte[] close(GoJson json, ManifestHead head) {
    head.subject().ifPresent(subject -> write(json.name("subject"), subject));
    return json.optional("annotations", head.annotations()).close('}').bytes();
  }

  private static void write(GoJson json, Optional<List<Descriptor>> list) {
    if (list.isEmpty()) {
      json.nil();
      return;
    }
    json.open('[');
    list.get().forEach(descriptor -> write(json, descriptor));
    json.close(']');
  }

  private static void write(GoJson json, Descriptor descriptor) {
    json.open('{')
        .name("mediaType")
        .string(descriptor.mediaType())
        .name("digest")
        .string(descriptor.digest().toString())
        .name("size")
        .number(descriptor.size())
        .optional("urls", descriptor.urls())
        .optional("annotations", descriptor.annotations())
        .optional("data", descriptor.data().orElse(""));
    descriptor.platform().ifPresent(platform -> write(json.name("platform"), platform));
    json.optional("artifactType", descriptor.artifactType().orElse("")).close('}');
  }

  private static void write(GoJson json, Platform platform) {
    json.open('{')
        .name("architecture")
        .string(platform.architecture())
        .name("os")
        .string(platform.os())
        .optional("os.version", platform.osVersion())
        .optional("os.features", platform.osFeatures())
        .optional("variant", platform.variant())
        .close('}');
  }
}
