package dev.longshore.events;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.annotation.Nulls;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.ModeName;
import dev.longshore.model.PeerName;
import dev.longshore.model.Recipe;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.RootCid;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The result of one conversion for one repository; the first one recorded for its key wins.
 *
 * @param digest source digest
 * @param recipe its recipe
 * @param mode plain, estargz, zstdchunked or encrypted
 * @param mediaType media type of the source manifest or index
 * @param imageDag the image DAG
 * @param root root CID
 * @param manifest CID of the IPFS-enabled manifest or index that the root descriptor names
 * @param platforms os/arch[/variant] of the images within, at most 256
 * @param blobs number of distinct blobs, manifests included
 * @param bytes sum of their sizes
 * @param missing digests of foreign layers that the registry does not serve, at most 16; not empty
 *     means incomplete
 * @param ingestPeer configured name of the peer that first held it
 * @param name the repository that it is for; without evidence, where it was read
 * @param convertedAt converter's clock
 * @param subject digest of the manifest that it refers to, as a signature does; null for an
 *     independent image
 * @param ownDigest digest of the mode's own manifest or index, which registries serve; null if it
 *     is the source's
 * @param evidence how the repository showed that it serves all of this; null if not recorded, as in
 *     the first releases
 * @param children digests of all that an index names, at every level, whether or not it is in this
 *     image, none if it names none; null for a manifest, or if not recorded, as in the first
 *     releases
 * @param former what was made of the same before, and is not needed for it any more; newest first,
 *     at most 16
 */
public record ImageState(
    Digest digest,
    Recipe recipe,
    ModeName mode,
    String mediaType,
    ImageDag imageDag,
    RootCid root,
    Cid manifest,
    List<String> platforms,
    int blobs,
    long bytes,
    List<Digest> missing,
    PeerName ingestPeer,
    @JsonUnwrapped RepositoryName name,
    Instant convertedAt,
    @Nullable Digest subject,
    @Nullable Digest ownDigest,
    @Nullable Evidence evidence,
    @JsonSetter(nulls = Nulls.SET) @Nullable List<Digest> children,
    @Nullable List<ImageDag> former)
    implements State {
  /** Makings again that a record tells of. */
  private static final int FORMER = 16;

  public ImageState {
    platforms = List.copyOf(platforms);
    missing = List.copyOf(missing);
    children = children == null ? null : List.copyOf(children);
    former = former == null || former.isEmpty() ? null : List.copyOf(former);
  }

  /** One that nothing was made of before, without what an index names. */
  public ImageState(
      Digest digest,
      Recipe recipe,
      ModeName mode,
      String mediaType,
      ImageDag imageDag,
      RootCid root,
      Cid manifest,
      List<String> platforms,
      int blobs,
      long bytes,
      List<Digest> missing,
      PeerName ingestPeer,
      RepositoryName name,
      Instant convertedAt,
      @Nullable Digest subject,
      @Nullable Digest ownDigest,
      @Nullable Evidence evidence) {
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
        name,
        convertedAt,
        subject,
        ownDigest,
        evidence,
        null,
        null);
  }

  /** An independent image, as recorded by the first releases. */
  public ImageState(
      Digest digest,
      Recipe recipe,
      ModeName mode,
      String mediaType,
      ImageDag imageDag,
      RootCid root,
      Cid manifest,
      List<String> platforms,
      int blobs,
      long bytes,
      List<Digest> missing,
      PeerName ingestPeer,
      RepositoryName name,
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
        name,
        convertedAt,
        null,
        null,
        null);
  }

  /** The same, referring to that manifest. */
  public ImageState boundTo(@Nullable Digest of) {
    return with(name, convertedAt, of, ownDigest, evidence, children, former);
  }

  /** The same, with the mode's own manifest or index. */
  public ImageState servedAs(@Nullable Digest own) {
    return with(name, convertedAt, subject, own, evidence, children, former);
  }

  /** The same, only for its repository. */
  public ImageState shownBy(Evidence shown) {
    return with(name, convertedAt, subject, ownDigest, shown, children, former);
  }

  /** The same, of an index that names these. */
  public ImageState naming(@Nullable List<Digest> all) {
    return with(name, convertedAt, subject, ownDigest, evidence, all, former);
  }

  /** The same, only for another repository. */
  public ImageState alsoFor(RepositoryName other, Instant at) {
    return with(other, at, subject, ownDigest, Evidence.ASKED, children, null);
  }

  /** The same, made again after that one, of whose copies none is needed any more. */
  public ImageState inPlaceOf(ImageState earlier) {
    Set<ImageDag> before = new LinkedHashSet<>();
    before.add(earlier.imageDag);
    before.addAll(earlier.formerDags());
    before.remove(imageDag);
    return with(
        name,
        convertedAt,
        subject,
        ownDigest,
        evidence,
        children,
        before.stream().limit(FORMER).toList());
  }

  /** What was made of the same before; none if not recorded. */
  public List<ImageDag> formerDags() {
    return former == null ? List.of() : former;
  }

  private ImageState with(
      RepositoryName newName,
      Instant newConvertedAt,
      @Nullable Digest newSubject,
      @Nullable Digest newOwnDigest,
      @Nullable Evidence newEvidence,
      @Nullable List<Digest> newChildren,
      @Nullable List<ImageDag> newFormer) {
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
        newName,
        newConvertedAt,
        newSubject,
        newOwnDigest,
        newEvidence,
        newChildren,
        newFormer);
  }

  /** The digest under which registries serve it. */
  public Digest servedDigest() {
    return ownDigest == null ? digest : ownDigest;
  }

  @Override
  public String key() {
    return evidence == null ? key(digest, recipe) : key(digest, recipe, name);
  }

  /** {@code digest/recipe}: the key of a record of the first releases. */
  public static String key(Digest digest, Recipe recipe) {
    return digest + "/" + recipe;
  }

  /** {@code digest/recipe/registry/repository}: the key of a record for only this repository. */
  public static String key(Digest digest, Recipe recipe, RepositoryName name) {
    return key(digest, recipe) + "/" + name;
  }
}
