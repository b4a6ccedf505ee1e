package dev.longshore.oci;

import dev.longshore.model.Digest;
import dev.longshore.model.OciFormatException;
import dev.longshore.model.Platform;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A reference to a blob or manifest (image spec, "Content Descriptors").
 *
 * @param size bytes, never negative
 * @param urls other locations of the content; Longshore never follows them
 * @param data the embedded content in standard base64, if any; stale after a conversion, so never
 *     used as the content
 */
public record Descriptor(
    String mediaType,
    Digest digest,
    long size,
    List<String> urls,
    Map<String, String> annotations,
    Optional<String> data,
    Optional<Platform> platform,
    Optional<String> artifactType) {

  public Descriptor {
    if (size < 0) {
      throw OciFormatException.of("size of " + digest, Long.toString(size), "0 or more bytes");
    }
    urls = List.copyOf(urls);
    annotations = Annotations.kept(annotations);
  }

  public Descriptor(String mediaType, Digest digest, long size) {
    this(
        mediaType,
        digest,
        size,
        List.of(),
        Map.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** Describes these bytes by their sha256. */
  public static Descriptor of(String mediaType, byte[] content) {
    return new Descriptor(mediaType, Digest.of(content), content.length);
  }

  /**
   * Parses a descriptor that is a separate document, such as the root of an IPFS image.
   *
   * @throws OciFormatException if it is invalid
   */
  public static Descriptor parse(byte[] body) {
    return ManifestReader.readDescriptor(body);
  }

  public Descriptor withMediaType(String newMediaType) {
    return new Descriptor(
        newMediaType, digest, size, urls, annotations, data, platform, artifactType);
  }

  /** The same with these urls in place of the old ones. */
  public Descriptor withUrls(List<String> newUrls) {
    return new Descriptor(
        mediaType, digest, size, newUrls, annotations, data, platform, artifactType);
  }

  public Descriptor withAnnotations(Map<String, String> newAnnotations) {
    return new Descriptor(
        mediaType, digest, size, urls, newAnnotations, data, platform, artifactType);
  }

  public Descriptor withPlatform(Platform newPlatform) {
    return new Descriptor(
        mediaType, digest, size, urls, annotations, data, Optional.of(newPlatform), artifactType);
  }

  public Descriptor withArtifactType(String newArtifactType) {
    return new Descriptor(
        mediaType, digest, size, urls, annotations, data, platform, Optional.of(newArtifactType));
  }

  /** The same description for other content; keeps {@code data}, as containerd does. */
  public Descriptor withContent(Digest newDigest, long newSize) {
    return new Descriptor(
        mediaType, newDigest, newSize, urls, annotations, data, platform, artifactType);
  }

  /** Describes the converted content, with the old {@code urls} and {@code data}. */
  public Descriptor rewritten(String newMediaType, Digest newDigest, long newSize) {
    return new Descriptor(
        newMediaType,
        newDigest,
        newSize,
        List.of(),
        annotations,
        Optional.empty(),
        platform,
        artifactType);
  }

  /** The same with OCI's media type in place of Docker's. */
  public Descriptor toOci() {
    return withMediaType(MediaType.toOci(mediaType));
  }
}
