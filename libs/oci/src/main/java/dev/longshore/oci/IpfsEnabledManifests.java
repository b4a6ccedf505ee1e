package dev.longshore.oci;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Converts an image to the IPFS-enabled one of {@code nerdctl push ipfs://}: OCI media types, and
 * on each descriptor the single url {@code ipfs://CID} of its content. Pure functions; children are
 * converted before their parents. Config and layers keep their bytes; {@code data} is copied
 * although it is stale on descriptors of rewritten manifests, because the root CID depends on it.
 */
public final class IpfsEnabledManifests {
  public static final String URL_PREFIX = "ipfs://";

  private IpfsEnabledManifests() {}

  /** A descriptor of an unchanged blob. Other urls are lost. */
  public static Descriptor blob(Descriptor original, String cid) {
    return original.toOci().withUrls(List.of(URL_PREFIX + cid));
  }

  /** The manifest with config and layers from {@link #blob}. */
  public static ImageManifest manifest(ImageManifest original, Function<Descriptor, String> cidOf) {
    return original.rewrite(child -> blob(child, cidOf.apply(child)));
  }

  /** The index with entries from {@link #converted}, without those for other platforms. */
  public static ImageIndex index(ImageIndex original, List<Descriptor> converted) {
    return original.rewrite(converted);
  }

  /**
   * The descriptor of a manifest or index that was converted to {@code form} and stored as that
   * CID.
   */
  public static Descriptor converted(Descriptor original, Manifest form, String cid) {
    return blob(original, cid).withContent(form.digest(), form.raw().size());
  }

  /** The root descriptor's bytes; their CID is the root CID. */
  public static byte[] root(Descriptor top) {
    return OciJson.descriptor(top);
  }

  /** The CID in a descriptor's first ipfs url, as in containerd's readers. */
  public static Optional<String> cid(Descriptor descriptor) {
    return descriptor.urls().stream()
        .filter(url -> url.startsWith(URL_PREFIX))
        .findFirst()
        .map(url -> url.substring(URL_PREFIX.length()));
  }
}
