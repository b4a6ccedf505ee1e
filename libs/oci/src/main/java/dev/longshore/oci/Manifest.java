package dev.longshore.oci;

import dev.longshore.model.Digest;
import dev.longshore.model.OciFormatException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A manifest or an index, with its original bytes.
 *
 * <p>Reading is lenient where registries are (unknown fields, absent media type, invalid UTF-8 as
 * in Go) and strict where two readers could see different images: a body of both shapes, a media
 * type that differs from the served one, a repeated field.
 */
public sealed interface Manifest permits ImageManifest, ImageIndex {
  /** Bytes; registries must take manifests of this size (distribution spec), larger are refused. */
  int MANIFEST_LIMIT = 4 * 1024 * 1024;

  /** The bytes and their digest. */
  RawManifest raw();

  /** The media type it was served with or declares. */
  String mediaType();

  /** Media type as written in the body, artifact type, subject and annotations. */
  ManifestHead head();

  /** Everything it is made of, in order: config and layers, or the entries. Not the subject. */
  List<Descriptor> children();

  default Digest digest() {
    return raw().digest();
  }

  default Optional<Descriptor> subject() {
    return head().subject();
  }

  default Map<String, String> annotations() {
    return head().annotations();
  }

  /** Describes these bytes: media type, digest, size. */
  default Descriptor descriptor() {
    return new Descriptor(mediaType(), digest(), raw().size());
  }

  /** Its entry in a list of referrers, with artifact type and annotations. */
  default Descriptor referrer() {
    Descriptor described = descriptor().withAnnotations(annotations());
    return artifactType().map(described::withArtifactType).orElse(described);
  }

  /** Its artifact type, if it is an artifact. */
  Optional<String> artifactType();

  /**
   * Parses a body.
   *
   * @param contentType the media type it was served or described with; empty or a general one such
   *     as {@code application/json} if unknown
   * @throws OciFormatException if it is not an unambiguous manifest or index
   */
  static Manifest parse(byte[] body, String contentType) {
    return ManifestReader.read(body, contentType);
  }

  /**
   * Parses a body from a source.
   *
   * @throws RegistryException of kind {@code BAD_CONTENT} if {@link #parse} refuses it
   */
  static Manifest parse(byte[] body, String contentType, RegistryException.Attempt attempt)
      throws RegistryException {
    try {
      return ManifestReader.read(body, contentType);
    } catch (OciFormatException e) {
      String reason = String.valueOf(e.getMessage());
      throw attempt.failed(RegistryException.Kind.BAD_CONTENT, reason, e);
    }
  }
}
