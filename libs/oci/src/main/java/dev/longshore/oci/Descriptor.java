package dev.longshore.oci;

import dev.longshore.model.Digest;
import dev.longshore.model.OciFormatException;
import dev.longshore.model.Platform;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What points to a blob or manifest (image spec, "Content Descriptors").
 *
 * @param size bytes, never negative
 * @param urls where else the content may lie; never dereferenced by Longshore
 * @param data the content itself in standard base64, if embedded; stale after a conversion, so
 *     never taken for the content
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
   * Reads a descriptor that is a document of its own, such as the root of an IPFS image.
   *
   * @throws OciFormatException if it is none
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

  /** The same description of other content; {@code data} is kept, as containerd keeps it. */
  public Descriptor withContent(Digest newDigest, long newSize) {
    return new Descriptor(
        mediaType, newDigest, newSize, urls, annotations, data, platform, artifactType);
  }

  /** Describes what the content became; {@code urls} and {@code data} are the old one's. */
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
