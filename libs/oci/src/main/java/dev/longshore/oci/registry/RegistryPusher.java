package dev.longshore.oci.registry;

import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageIndex;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.RegistryException.Kind;
import dev.longshore.oci.source.ImageSource;

/**
 * Copies images into a registry, children before parents and the tag last, so that no tag ever
 * shows an incomplete image. Sends only what is missing; leaves out foreign layers that the source
 * lacks, as registries allow.
 */
public final class RegistryPusher {
  /** Levels of indexes within indexes; real images have one. */
  static final int MAX_DEPTH = 4;

  private final Uploads uploads;

  public RegistryPusher(Registries registries, ClientSettings settings) {
    this.uploads = new Uploads(new RegistryHttp(settings), registries);
  }

  /**
   * Copies the image at {@code from} in the source to a tag of the target.
   *
   * @return the manifest's or index's descriptor, the same at both ends
   */
  public Descriptor push(ImageSource source, Reference from, RepositoryName name, String tag)
      throws RegistryException {
    Descriptor root = source.resolve(from);
    byte[] body = copyChildren(source, from.name(), root, name, 0);
    uploads.manifest(Reference.tagged(name, tag), root, body);
    return root;
  }

  /** Puts one blob. */
  public void pushBlob(RepositoryName name, byte[] content) throws RegistryException {
    uploads.blob(name, Descriptor.of(MediaType.OCTET_STREAM, content), Upload.of(content));
  }

  /** Puts one manifest, whose children are there, by tag or digest. */
  public Digest pushManifest(Reference reference, String mediaType, byte[] body)
      throws RegistryException {
    Descriptor descriptor = Descriptor.of(mediaType, body);
    uploads.manifest(reference, descriptor, body);
    return descriptor.digest();
  }

  private byte[] copyChildren(
      ImageSource source, RepositoryName from, Descriptor manifest, RepositoryName to, int depth)
      throws RegistryException {
    var attempt = new Attempt("push", to + "@" + manifest.digest());
    if (depth > MAX_DEPTH) {
      throw attempt.failed(Kind.LIMIT, "indexes are nested deeper than " + MAX_DEPTH);
    }
    byte[] body = source.manifest(from, manifest.digest());
    switch (Manifest.parse(body, manifest.mediaType(), attempt)) {
      case ImageIndex index -> {
        for (Descriptor entry : index.manifests()) {
          byte[] child = copyChildren(source, from, entry, to, depth + 1);
          uploads.manifest(Reference.digested(to, entry.digest()), entry, child);
        }
      }
      case ImageManifest image -> {
        for (Descriptor blob : image.children()) {
          copyBlob(source, from, blob, to);
        }
      }
    }
    return body;
  }

  private void copyBlob(ImageSource source, RepositoryName from, Descriptor blob, RepositoryName to)
      throws RegistryException {
    var content = new Upload(blob.size(), () -> source.blob(from, blob, 0));
    try {
      uploads.blob(to, blob, content);
    } catch (RegistryException e) {
      if (e.kind() != Kind.NOT_FOUND || !MediaType.isForeignLayer(blob.mediaType())) {
        throw e;
      }
    }
  }
}
