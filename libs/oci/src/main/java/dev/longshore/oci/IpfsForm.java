package dev.longshore.oci;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The IPFS-enabled form of an image, as {@code nerdctl push ipfs://} writes it: OCI media types,
 * and on each descriptor the one url {@code ipfs://CID} of its content. Pure functions; a child's
 * form is made before its parent's. Config and layers keep their bytes; {@code data} is copied
 * although it is stale on descriptors of rewritten manifests, because the root CID depends on it.
 */
public final class IpfsForm {
  public static final String URL_PREFIX = "ipfs://";

  private IpfsForm() {}

  /** A blob's descriptor whose content did not change. Other urls are lost. */
  public static Descriptor blob(Descriptor original, String cid) {
    return original.toOci().withUrls(List.of(URL_PREFIX + cid));
  }

  /** The manifest with config and layers as {@link #blob} makes them. */
  public static ImageManifest manifest(ImageManifest original, Function<Descriptor, String> cidOf) {
    return original.rewrite(child -> blob(child, cidOf.apply(child)));
  }

  /** The index with entries that {@link #converted} made, without those of other platforms. */
  public static ImageIndex index(ImageIndex original, List<Descriptor> converted) {
    return original.rewrite(converted);
  }

  /** The descriptor of a manifest or index that became {@code form} and was stored as that CID. */
  public static Descriptor converted(Descriptor original, Manifest form, String cid) {
    return blob(original, cid).withContent(form.digest(), form.raw().size());
  }

  /** The root descriptor's bytes; their CID is the root CID. */
  public static byte[] root(Descriptor top) {
    return OciJson.descriptor(top);
  }

  /** The CID in a descriptor's first ipfs url, as containerd's readers take it. */
  public static Optional<String> cid(Descriptor descriptor) {
    return descriptor.urls().stream()
        .filter(url -> url.startsWith(URL_PREFIX))
        .findFirst()
        .map(url -> url.substring(URL_PREFIX.length()));
  }
}
