package dev.longshore.oci.source;

import dev.longshore.model.Digest;
import dev.longshore.model.Platform;
import dev.longshore.model.Reference;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.RegistryException;
import java.util.List;
import java.util.Optional;

/**
 * A source of images: a registry, a layout folder, a saved tar. Calls block, with deadlines, and
 * are thread-safe.
 *
 * <p>Every method throws {@link RegistryException}, of kind {@code NOT_FOUND} if the repository or
 * the requested content does not exist.
 */
public interface ImageSource {
  /** The current target of the reference: only media type, digest and size in bytes. */
  Descriptor resolve(Reference reference) throws RegistryException;

  /**
   * The bytes of a manifest or index, at most {@link Manifest#MANIFEST_LIMIT}, with a verified
   * digest.
   */
  byte[] manifest(RepositoryName name, Digest digest) throws RegistryException;

  /**
   * A blob's bytes from an offset on. From 0, size and digest are checked before the last byte is
   * returned; from a later offset, only the length. The descriptor's urls are never followed.
   *
   * @param offset bytes, 0 to the blob's size
   */
  BlobStream blob(RepositoryName name, Descriptor blob, long offset) throws RegistryException;

  /**
   * Whether the source says, without sending it, that exactly this repository serves a blob of that
   * digest and size. A source that cannot say returns false; to be sure, read the blob.
   */
  boolean serves(RepositoryName name, Descriptor blob) throws RegistryException;

  /** Tags of a repository, in the source's order. */
  Page tags(RepositoryName name, String cursor) throws RegistryException;

  /** Repositories of a registry, without its host, in the source's order. */
  Page catalog(RegistryHost registry, String cursor) throws RegistryException;

  /** Manifests whose subject is this digest: signatures, SBOMs, attestations. Empty if none. */
  List<Descriptor> referrers(RepositoryName name, Digest subject) throws RegistryException;

  /** The same source, each of whose requests waits for its turn in the budget. */
  default ImageSource within(RequestBudget budget) {
    return new BudgetedSource(this, budget);
  }

  /**
   * Stable name of the program that serves the repository, for pauses and {@code status}: {@code
   * registry localhost:5055}.
   */
  default String endpoint(RepositoryName name) {
    return "registry " + name.host();
  }

  /** Stable name of a repository that is paused separately while its registry serves others. */
  static String alone(RepositoryName name) {
    return "repository " + name;
  }

  /**
   * Whether a failure concerns everything that the program serves, rather than just the repository
   * or request. May send a request to find out.
   *
   * @param repository the repository of the failed call, if any
   */
  default boolean isOverAll(
      RegistryHost registry, Optional<RepositoryName> repository, RegistryException failure)
      throws InterruptedException {
    return true;
  }

  /**
   * The endpoint that work on a repository waits for after a failure: its program, or the
   * repository alone.
   */
  default String away(RepositoryName name, RegistryException failure) throws InterruptedException {
    return isOverAll(name.host(), Optional.of(name), failure) ? endpoint(name) : alone(name);
  }

  /**
   * How much of an image is there. A registry accepts no manifest before its parts, so it has
   * everything.
   *
   * @param wanted the platforms in question; all if empty
   */
  default ImagePresence presence(RepositoryName name, Descriptor top, List<Platform> wanted)
      throws RegistryException {
    return ImagePresence.whole(wanted);
  }

  /** Protects an image's content from its source's garbage collector while it is read. */
  default Hold hold(RepositoryName name, Digest top) throws RegistryException {
    return Hold.NONE;
  }

  /**
   * The same if the source keeps the list itself; empty if its clients keep it under an ordinary
   * tag.
   */
  default Optional<List<Descriptor>> listedReferrers(RepositoryName name, Digest subject)
      throws RegistryException {
    return Optional.of(referrers(name, subject));
  }
}
