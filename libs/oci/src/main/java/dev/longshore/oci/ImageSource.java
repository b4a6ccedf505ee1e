package dev.longshore.oci;

import dev.longshore.model.Digest;
import dev.longshore.model.Platform;
import dev.longshore.model.Reference;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import java.util.List;
import java.util.Optional;

/**
 * Where images are read from: a registry, a layout folder, a saved tar. Calls block, with
 * deadlines, and may run on many threads at once.
 *
 * <p>Every method throws {@link RegistryException}; its kind is {@code NOT_FOUND} where the
 * repository or what is asked of it does not exist.
 */
public interface ImageSource {
  /** What the reference points to now: media type, digest, size in bytes and no more. */
  Descriptor resolve(Reference reference) throws RegistryException;

  /**
   * A manifest's or index's bytes, at most {@link Manifest#MANIFEST_LIMIT}; the digest is checked.
   */
  byte[] manifest(RepositoryName name, Digest digest) throws RegistryException;

  /**
   * A blob's bytes from an offset on. Read from 0 they are checked against size and digest before
   * the last of them is handed out; a later part is checked for its length alone. Urls of the
   * descriptor are never followed.
   *
   * @param offset bytes, 0 to the blob's size
   */
  BlobStream blob(RepositoryName name, Descriptor blob, long offset) throws RegistryException;

  /**
   * Whether this very repository serves a blob of that digest and size, as far as the source tells
   * without sending it. A source that cannot tell says no: whoever has to know then reads the blob.
   */
  boolean serves(RepositoryName name, Descriptor blob) throws RegistryException;

  /** Tags of a repository, in the source's order. */
  Page tags(RepositoryName name, String cursor) throws RegistryException;

  /** Repositories of a registry, without its host, in the source's order. */
  Page catalog(RegistryHost registry, String cursor) throws RegistryException;

  /** Manifests whose subject is this digest: signatures, SBOMs, attestations. Empty if none. */
  List<Descriptor> referrers(RepositoryName name, Digest subject) throws RegistryException;

  /**
   * Stable name of the program that serves the repository, as pauses and {@code status} name it:
   * {@code registry localhost:5055}.
   */
  default String endpoint(RepositoryName name) {
    return "registry " + name.host();
  }

  /** Stable name of a repository that waits by itself while its registry serves others. */
  static String alone(RepositoryName name) {
    return "repository " + name;
  }

  /**
   * Whether a failure concerns all that the program serves, and not only the repository, or what
   * else it was asked for. May ask the program how it is.
   *
   * @param repository what the call that failed was about, if it was about one
   */
  default boolean isOverAll(
      RegistryHost registry, Optional<RepositoryName> repository, RegistryException failure)
      throws InterruptedException {
    return true;
  }

  /** What work on a repository waits for after a failure: its program, or the repository alone. */
  default String away(RepositoryName name, RegistryException failure) throws InterruptedException {
    return isOverAll(name.host(), Optional.of(name), failure) ? endpoint(name) : alone(name);
  }

  /**
   * How much of an image is there. A registry takes no manifest before what it names, so that it
   * has all of it.
   *
   * @param wanted the platforms that are asked about; all if empty
   */
  default Presence presence(RepositoryName name, Descriptor top, List<Platform> wanted)
      throws RegistryException {
    return Presence.whole(wanted);
  }

  /** Keeps an image's content from its source's collector while it is read. */
  default Hold hold(RepositoryName name, Digest top) throws RegistryException {
    return Hold.NONE;
  }

  /**
   * The same as far as the source keeps the list itself; none if its clients keep it, under a tag
   * that stands among the others.
   */
  default Optional<List<Descriptor>> listedReferrers(RepositoryName name, Digest subject)
      throws RegistryException {
    return Optional.of(referrers(name, subject));
  }
}
