package dev.longshore.events;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of one conversion, as one repository may have it; the first one recorded for its key
 * wins.
 *
 * @param digest source digest
 * @param recipe hex SHA-256 of the canonical recipe
 * @param mode plain, estargz, zstdchunked or encrypted
 * @param mediaType media type of the source manifest or index
 * @param imageDag CID of the image DAG
 * @param root root CID
 * @param manifest CID of the IPFS-enabled manifest or index that the root descriptor names
 * @param platforms os/arch[/variant] of the images within, at most 256
 * @param blobs number of distinct blobs, manifests included
 * @param bytes sum of their sizes
 * @param missing digests of foreign layers that the registry does not serve, at most 16; not empty
 *     means incomplete
 * @param ingestPeer configured name of the peer that first held it
 * @param registry the repository's registry
 * @param repository the repository that it is for, where it was read if no evidence says more
 * @param convertedAt converter's clock
 * @param subject digest of the manifest that it belongs to, as a signature does; none for an image
 *     by itself
 * @param ownDigest digest of the mode's own manifest or index, which registries serve; none where
 *     that is the source's
 * @param evidence how the repository showed that it serves all of this; none where nobody looked,
 *     as in the first releases
 */
public record ImageState(
    String digest,
    String recipe,
    String mode,
    String mediaType,
    String imageDag,
    String root,
    String manifest,
    List<String> platforms,
    int blobs,
    long bytes,
    List<String> missing,
    String ingestPeer,
    String registry,
    String repository,
    Instant convertedAt,
    @Nullable String subject,
    @Nullable String ownDigest,
    @Nullable Evidence evidence)
    implements State {
  public ImageState {
    platforms = List.copyOf(platforms);
    missing = List.copyOf(missing);
  }

  /** An image by itself, as the first releases recorded it. */
  public ImageState(
      String digest,
      String recipe,
      String mode,
      String mediaType,
      String imageDag,
      String root,
      String manifest,
      List<String> platforms,
      int blobs,
      long bytes,
      List<String> missing,
      String ingestPeer,
      String registry,
      String repository,
      Instant convertedAt) {
    this(
        digest,
        recipe,
        mode,
        mediaType,
        imageDag,
        root,
        manifest,
        platforms,
        blobs,
        bytes,
        missing,
        ingestPeer,
        registry,
        repository,
        convertedAt,
        null,
        null,
        null);
  }

  /** The same, belonging to that manifest. */
  public ImageState boundTo(@Nullable String of) {
    return with(registry, repository, convertedAt, of, ownDigest, evidence);
  }

  /** The same, whose mode has a manifest or index of its own. */
  public ImageState servedAs(@Nullable String own) {
    return with(registry, repository, convertedAt, subject, own, evidence);
  }

  /** The same, for its repository alone. */
  public ImageState shownBy(Evidence shown) {
    return with(registry, repository, convertedAt, subject, ownDigest, shown);
  }

  /** The same, for another repository alone. */
  public ImageState alsoFor(String otherRegistry, String otherRepository, Instant at) {
    return with(otherRegistry, otherRepository, at, subject, ownDigest, Evidence.ASKED);
  }

  private ImageState with(
      String newRegistry,
      String newRepository,
      Instant newConvertedAt,
      @Nullable String newSubject,
      @Nullable String newOwnDigest,
      @Nullable Evidence newEvidence) {
    return new ImageState(
        digest,
        recipe,
        mode,
        mediaType,
        imageDag,
        root,
        manifest,
        platforms,
        blobs,
        bytes,
        missing,
        ingestPeer,
        newRegistry,
        newRepository,
        newConvertedAt,
        newSubject,
        newOwnDigest,
        newEvidence);
  }

  /** Digest under which registries serve it. */
  public String servedDigest() {
    return ownDigest == null ? digest : ownDigest;
  }

  @Override
  public String key() {
    return evidence == null ? key(digest, recipe) : key(digest, recipe, registry, repository);
  }

  /** {@code digest/recipe}: of a record of the first releases. */
  public static String key(String digest, String recipe) {
    return digest + "/" + recipe;
  }

  /** {@code digest/recipe/registry/repository}: of one that is for this repository alone. */
  public static String key(String digest, String recipe, String registry, String repository) {
    return key(digest, recipe) + "/" + registry + "/" + repository;
  }
}
