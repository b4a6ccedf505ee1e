package dev.longshore.catalog;

import dev.longshore.events.BlobState;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinState;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.Mode;
import dev.longshore.model.Recipe;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.RootCid;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Queries about converted images and blobs. */
public final class Conversions {
  /** In the order of {@link #byDag} and of {@link Tags#withDigest}. */
  static final String NAMES =
      """
      SELECT i.image_dag, t.registry, t.repository, i.appended_at, i.key, t.key
      FROM images i CROSS JOIN tags t ON t.digest = i.digest
      WHERE i.image_dag >= ?1 AND i.image_dag <= ?2 AND i.asked = 0 AND t.deleted = 0
      UNION ALL
      SELECT i.image_dag, t.registry, t.repository, i.appended_at, i.key, t.key
      FROM images i CROSS JOIN tag_history h ON h.digest = i.digest
      CROSS JOIN tags t ON t.key = h.key
      WHERE i.image_dag >= ?1 AND i.image_dag <= ?2 AND i.asked = 0 AND t.deleted = 0
      ORDER BY 4, 5, 6
      """;

  static final String PLACES =
      "SELECT image_dag, place, bytes FROM images WHERE image_dag >= ? AND image_dag <= ?"
          + " ORDER BY image_dag, appended_at, key";

  private final Store store;

  Conversions(Store store) {
    this.store = store;
  }

  /**
   * The conversion of a source digest by a recipe that a repository has been shown to have; records
   * of the first releases show nothing.
   */
  public Optional<ImageState> of(Digest digest, Recipe recipe, RepositoryName name) {
    return StateTable.IMAGES.byKey(store, ImageState.key(digest, recipe, name));
  }

  /** Conversions of a source digest that the repository may have, in order of recording. */
  public List<ImageState> forRepository(RepositoryName name, Digest digest) {
    return StateTable.IMAGES.list(
        store,
        "digest = ?1 AND " + Repositories.isFor("images", "?2") + " ORDER BY appended_at, key",
        digest,
        name);
  }

  /** All conversions of a source digest, in order of recording. */
  public List<ImageState> ofDigest(Digest digest) {
    return conversions("digest", digest);
  }

  /** Records of a source digest, one for each of its repositories, in order of recording. */
  public List<ImageState> recordsOfDigest(Digest digest) {
    return StateTable.IMAGES.list(store, "digest = ? ORDER BY asked, appended_at, key", digest);
  }

  /** The conversion with this image DAG; the first recorded of several. */
  public Optional<ImageState> firstByDag(ImageDag dag) {
    return StateTable.IMAGES.first(store, "image_dag = ? ORDER BY appended_at, key LIMIT 1", dag);
  }

  /** Conversions whose mode has this digest as its own manifest or index, in order of recording. */
  public List<ImageState> servedAs(Digest ownDigest) {
    return conversions("own_digest", ownDigest);
  }

  /** Conversions that refer to this manifest, in order of recording. */
  public List<ImageState> boundTo(Digest subject) {
    return conversions("subject", subject);
  }

  /** Conversions that refer to this manifest, for the repository, in order of recording. */
  public List<ImageState> boundTo(RepositoryName name, Digest subject) {
    return StateTable.IMAGES.list(
        store,
        "subject = ?1 AND " + Repositories.isFor("images", "?2") + " ORDER BY appended_at, key",
        subject,
        name);
  }

  /**
   * Source digests of the repository's indexes, current and former ones of its names, that name
   * this manifest. Reads all that the repository has.
   */
  public List<Digest> indexesOf(RepositoryName name, Digest child) {
    return store.read(
        session ->
            session.list(
                """
                SELECT DISTINCT i.digest FROM (
                  SELECT digest FROM tags WHERE key > ?1 AND key < ?2
                  UNION SELECT digest FROM tag_history WHERE key > ?1 AND key < ?2) held
                CROSS JOIN images i ON i.digest = held.digest AND i.place = ?3
                WHERE instr(i.children, ?4) > 0 ORDER BY i.digest\
                """,
                row -> Digest.stored(row.getString(1)),
                Repositories.firstKey(name),
                Repositories.endKey(name),
                name,
                child));
  }

  /** Conversions with this image DAG, in order of recording. */
  public List<ImageState> byDag(ImageDag dag) {
    return conversions("image_dag", dag);
  }

  /**
   * What is known of image DAGs that follow each other without gaps, by CID; nothing of those that
   * no conversion has. One read for all: a read for each of a million takes minutes.
   */
  public Map<ImageDag, NamedDag> named(List<PinState> page) {
    if (page.isEmpty()) {
      return Map.of();
    }
    ImageDag first = page.getFirst().imageDag();
    ImageDag last = page.getLast().imageDag();
    return store.read(
        session -> {
          Map<String, Set<RepositoryName>> names = new HashMap<>();
          session.list(
              NAMES,
              row ->
                  names
                      .computeIfAbsent(row.getString(1), _ -> new LinkedHashSet<>())
                      .add(RepositoryName.stored(row.getString(2), row.getString(3))),
              first,
              last);
          Map<ImageDag, NamedDag> named = new HashMap<>();
          session.list(
              PLACES,
              row -> {
                String dag = row.getString(1);
                return named.putIfAbsent(
                    ImageDag.stored(dag),
                    new NamedDag(
                        place(row.getString(2)),
                        row.getLong(3),
                        List.copyOf(names.getOrDefault(dag, Set.of()))));
              },
              first,
              last);
          return named;
        });
  }

  private static RepositoryName place(String text) {
    int slash = text.indexOf('/');
    return RepositoryName.stored(text.substring(0, slash), text.substring(slash + 1));
  }

  /** Records with this image DAG, one for each of its repositories. */
  public List<ImageState> recordsByDag(ImageDag dag) {
    return StateTable.IMAGES.list(store, "image_dag = ? ORDER BY place", dag);
  }

  /** Records of images that were made again in place of this DAG, and are others. */
  public List<ImageState> inPlaceOf(ImageDag dag) {
    return StateTable.IMAGES.list(
        store, "key IN (SELECT key FROM former_dags WHERE digest = ?) ORDER BY key", dag);
  }

  /** DAGs in whose place others were made, by CID. */
  public List<ImageDag> former(@Nullable ImageDag afterDag, int limit) {
    return store.read(
        session ->
            session.list(
                "SELECT DISTINCT digest FROM former_dags WHERE digest > ? ORDER BY digest LIMIT ?",
                row -> ImageDag.stored(row.getString(1)),
                afterDag == null ? "" : afterDag,
                limit));
  }

  /** Conversions with this root CID, in order of recording. */
  public List<ImageState> byRoot(RootCid root) {
    return conversions("root", root);
  }

  /** Each once, by its first record, however many repositories have it. */
  private List<ImageState> conversions(String column, Object value) {
    record Made(Digest digest, Recipe recipe, ImageDag imageDag) {}
    Map<Made, ImageState> first = new LinkedHashMap<>();
    for (ImageState image : StateTable.IMAGES.list(store, conversionsBy(column), value)) {
      first.putIfAbsent(new Made(image.digest(), image.recipe(), image.imageDag()), image);
    }
    return List.copyOf(first.values());
  }

  static String conversionsBy(String column) {
    return column + " = ? AND asked = 0 ORDER BY appended_at, key";
  }

  /** Images with this image DAG that the repository may have, among its digests. */
  public List<ImageState> heldByDag(RepositoryName name, ImageDag dag) {
    return held(name, "image_dag", dag);
  }

  /** Like {@link #heldByDag}, for manifests that refer to this one. */
  public List<ImageState> heldBoundTo(RepositoryName name, Digest subject) {
    return held(name, "subject", subject);
  }

  /** Like {@link #heldByDag}, for a mode's own manifest or index. */
  public List<ImageState> heldServedAs(RepositoryName name, Digest ownDigest) {
    return held(name, "own_digest", ownDigest);
  }

  private List<ImageState> held(RepositoryName name, String column, Object value) {
    return StateTable.IMAGES.list(
        store, heldBy(column), value, Repositories.firstKey(name), Repositories.endKey(name), name);
  }

  static String heldBy(String column) {
    return column
        + " = ?1 AND "
        + Repositories.holding("images.digest")
        + " AND "
        + Repositories.isFor("images", "?4")
        + " ORDER BY appended_at, key";
  }

  /** Whether an image is there in a mode: found in an index, without reading all images. */
  public boolean hasAny(Mode mode) {
    return store.read(
        session ->
            session
                .first("SELECT 1 FROM images WHERE mode = ? LIMIT 1", _ -> true, mode.text())
                .isPresent());
  }

  /** Conversions, and the repositories shown to have them, by {@link ImageState#key}. */
  public List<ImageState> page(@Nullable String afterKey, int limit) {
    return StateTable.IMAGES.page(store, afterKey, limit);
  }

  /** Where blobs were stored, by {@link BlobState#key}. */
  public List<BlobState> blobs(@Nullable String afterKey, int limit) {
    return StateTable.BLOBS.page(store, afterKey, limit);
  }

  /** The same of those whose image DAG no record of copies has. */
  public List<ImageState> unpinned(@Nullable String afterKey, int limit) {
    return StateTable.IMAGES.list(
        store,
        "NOT EXISTS (SELECT 1 FROM pins WHERE pins.key = images.image_dag) AND key > ?"
            + " ORDER BY key LIMIT ?",
        afterKey == null ? "" : afterKey,
        limit);
  }

  /** Where a blob was stored, by {@link BlobState#key}. */
  public Optional<BlobState> blob(Digest digest, String transform) {
    return StateTable.BLOBS.byKey(store, BlobState.key(digest, transform));
  }
}
