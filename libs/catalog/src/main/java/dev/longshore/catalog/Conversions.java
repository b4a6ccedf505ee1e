package dev.longshore.catalog;

import dev.longshore.events.BlobState;
import dev.longshore.events.ImageState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is known of images and blobs that were converted. */
public final class Conversions {
  private final Store store;

  Conversions(Store store) {
    this.store = store;
  }

  /**
   * The conversion of a source digest by a recipe that a repository was shown to have; what the
   * first releases recorded shows nothing.
   */
  public Optional<ImageState> of(String digest, String recipe, String registry, String repository) {
    return StateTable.IMAGES.byKey(store, ImageState.key(digest, recipe, registry, repository));
  }

  /** Conversions of a source digest that the repository may have, the first one recorded first. */
  public List<ImageState> forRepository(String registry, String repository, String digest) {
    return StateTable.IMAGES.list(
        store,
        "digest = ?1 AND " + Repositories.isFor("images", "?2") + " ORDER BY appended_at, key",
        digest,
        Repositories.place(new Repository(registry, repository)));
  }

  /** All conversions of a source digest, the first one recorded first. */
  public List<ImageState> ofDigest(String digest) {
    return conversions("digest", digest);
  }

  /** The conversion that has this image DAG, the first one recorded if several have. */
  public Optional<ImageState> firstByDag(String cid) {
    return StateTable.IMAGES.first(store, "image_dag = ? ORDER BY appended_at, key LIMIT 1", cid);
  }

  /** Conversions whose mode has this digest as its own manifest or index, the first one first. */
  public List<ImageState> servedAs(String ownDigest) {
    return conversions("own_digest", ownDigest);
  }

  /** Conversions that have this image DAG, the first one recorded first. */
  public List<ImageState> byDag(String cid) {
    return conversions("image_dag", cid);
  }

  /** Records with this image DAG, one for each repository that has it. */
  public List<ImageState> recordsByDag(String cid) {
    return StateTable.IMAGES.list(store, "image_dag = ? ORDER BY place", cid);
  }

  /** Conversions that have this root CID, the first one recorded first. */
  public List<ImageState> byRoot(String cid) {
    return conversions("root", cid);
  }

  /** Each once, the first one recorded, however many repositories have it. */
  private List<ImageState> conversions(String column, String value) {
    record Made(String digest, String recipe, String imageDag) {}
    Map<Made, ImageState> first = new LinkedHashMap<>();
    for (ImageState image : StateTable.IMAGES.list(store, conversionsBy(column), value)) {
      first.putIfAbsent(new Made(image.digest(), image.recipe(), image.imageDag()), image);
    }
    return List.copyOf(first.values());
  }

  static String conversionsBy(String column) {
    return column + " = ? AND asked = 0 ORDER BY appended_at, key";
  }

  /** Images with this image DAG that the repository may have, of digests that it holds. */
  public List<ImageState> heldByDag(String registry, String repository, String cid) {
    return held(new Repository(registry, repository), "image_dag", cid);
  }

  /** As {@link #heldByDag}, of manifests that belong to this one. */
  public List<ImageState> heldBoundTo(String registry, String repository, String subject) {
    return held(new Repository(registry, repository), "subject", subject);
  }

  /** As {@link #heldByDag}, whose mode has this digest as its own manifest or index. */
  public List<ImageState> heldServedAs(String registry, String repository, String ownDigest) {
    return held(new Repository(registry, repository), "own_digest", ownDigest);
  }

  private List<ImageState> held(Repository repository, String column, String value) {
    return StateTable.IMAGES.list(
        store,
        heldBy(column),
        value,
        Repositories.firstKey(repository),
        Repositories.endKey(repository),
        Repositories.place(repository));
  }

  static String heldBy(String column) {
    return column
        + " = ?1 AND "
        + Repositories.holding("images.digest")
        + " AND "
        + Repositories.isFor("images", "?4")
        + " ORDER BY appended_at, key";
  }

  /** Conversions, and what repositories were shown to have of them, by {@link ImageState#key}. */
  public List<ImageState> page(@Nullable String afterKey, int limit) {
    return StateTable.IMAGES.page(store, afterKey, limit);
  }

  /** Where a blob went, by {@link BlobState#key}. */
  public Optional<BlobState> blob(String digest, String transform) {
    return StateTable.BLOBS.byKey(store, BlobState.key(digest, transform));
  }
}
