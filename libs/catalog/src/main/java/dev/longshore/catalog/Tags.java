package dev.longshore.catalog;

import dev.longshore.events.TagState;
import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Queries about names: tags, and digests observed without a tag. */
public final class Tags {
  /** Names read at once of a repository that has very many. */
  private static final int PAGE = 200;

  /** Of the columns of one index, which is a fifth of the table. */
  static final String CONTAINING =
      """
      SELECT registry || '/' || repository || ':' || tag AS name FROM tags
      WHERE deleted = 0 AND tag IS NOT NULL AND registry >= ''
      AND instr(lower(registry || '/' || repository || ':' || tag), ?) > 0
      ORDER BY registry, repository, tag LIMIT ?
      """;

  private final Store store;

  Tags(Store store) {
    this.store = store;
  }

  /** The state of a tag. */
  public Optional<TagState> of(RepositoryName name, Tag tag) {
    return byKey(TagState.key(name, tag));
  }

  /** The state of a name, by {@link TagState#key}. */
  public Optional<TagState> byKey(String key) {
    return StateTable.TAGS.byKey(store, key);
  }

  /** Tags of a repository that its source still has, in order of code points. */
  public List<TagState> ofRepository(RepositoryName name, @Nullable Tag afterTag, int limit) {
    return StateTable.TAGS.list(
        store,
        "registry = ? AND repository = ? AND deleted = 0 AND tag > ? ORDER BY tag LIMIT ?",
        name.registry(),
        name.repository(),
        afterTag == null ? "" : afterTag,
        limit);
  }

  /** Names with this current or former digest, including those deleted at their source. */
  public List<TagState> withDigest(Digest digest) {
    return StateTable.TAGS.list(
        store,
        "key IN (SELECT key FROM tags WHERE digest = ?"
            + " UNION SELECT key FROM tag_history WHERE digest = ?) ORDER BY key",
        digest,
        digest);
  }

  /** Digests that the repository has without a tag, and of which nothing was ever made. */
  public List<TagState> unmadeDigests(RepositoryName name, int limit) {
    return StateTable.TAGS.list(
        store,
        "key > ? AND key < ? AND tag IS NULL AND deleted = 0"
            + " AND NOT EXISTS (SELECT 1 FROM images i WHERE i.digest = tags.digest)"
            + " ORDER BY key LIMIT ?",
        Repositories.firstKey(name),
        Repositories.endKey(name),
        limit);
  }

  /** Keys of the repository's names with this current or former digest, deleted or not. */
  public List<String> keysWith(RepositoryName name, Digest digest) {
    return store.read(
        session ->
            session.list(
                "SELECT key FROM tags WHERE digest = ?1 AND key > ?2 AND key < ?3 UNION"
                    + " SELECT key FROM tag_history WHERE digest = ?1 AND key > ?2 AND key < ?3",
                row -> row.getString(1),
                digest,
                Repositories.firstKey(name),
                Repositories.endKey(name)));
  }

  /**
   * All names of a repository, tags and digests, including those deleted at their source. They are
   * read a page at a time: a tag with its versions may take 12 KiB.
   */
  public Iterator<TagState> all(RepositoryName name) {
    return Stream.iterate(
            page(name, Repositories.firstKey(name)),
            page -> !page.isEmpty(),
            page -> page.size() < PAGE ? List.of() : page(name, page.getLast().key()))
        .flatMap(List::stream)
        .iterator();
  }

  /**
   * Keys of tags that have this text in them, by key; reads an index of all of them.
   *
   * @param text in any case
   */
  public List<String> containing(String text, int limit) {
    return store.read(
        session ->
            session.list(
                CONTAINING, row -> row.getString(1), text.toLowerCase(Locale.ROOT), limit));
  }

  /** Keys of names whose digest begins so, by digest. */
  public List<String> digestsFrom(String start, int limit) {
    return store.read(
        session ->
            session.list(
                "SELECT key FROM tags WHERE digest >= ?1 AND digest < ?1 || 'g'"
                    + " ORDER BY digest, key LIMIT ?2",
                row -> row.getString(1),
                start,
                limit));
  }

  private List<TagState> page(RepositoryName name, String after) {
    return StateTable.TAGS.list(
        store, "key > ? AND key < ? ORDER BY key LIMIT ?", after, Repositories.endKey(name), PAGE);
  }

  /** All names, including those deleted at their source, in key order. */
  public List<TagState> page(@Nullable String afterKey, int limit) {
    return StateTable.TAGS.page(store, afterKey, limit);
  }
}
