package dev.longshore.catalog;

import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.ModeName;
import dev.longshore.model.RepositoryName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Queries about repositories, by the names that their source still has. */
public final class Repositories {
  /** Names in the first page, which is enough for most callers; each page is twice as long. */
  private static final int FIRST_NAMES = 4;

  private static final int MOST_NAMES = 512;

  private static final Set<String> INDEX_TYPES =
      Set.of(
          "application/vnd.oci.image.index.v1+json",
          "application/vnd.docker.distribution.manifest.list.v2+json");

  /** Stands for what an index names, if nobody recorded it; comes before all that was recorded. */
  static final String UNREAD = "";

  /** Stands for what an index names that names nothing; no digest of it. */
  static final String NOTHING = " ";

  private final Store store;

  Repositories(Store store) {
    this.store = store;
  }

  /** Those that have a name, by registry, then by name. */
  public List<RepositoryName> page(@Nullable RepositoryName after, int limit) {
    return store.read(session -> after(session, after, limit));
  }

  /** Whether the repository has a name. */
  public boolean exists(RepositoryName repository) {
    return store.read(session -> exists(session, repository));
  }

  /** Whether the digest is current or former for a name in the repository. */
  public boolean holds(RepositoryName repository, Digest digest) {
    return store.read(session -> holds(session, repository, digest));
  }

  /**
   * A converted digest that the repository has or had; any repository may have had it converted.
   *
   * @param subject what it refers to
   * @param children of an index, what it names, as far as recorded
   * @param unread whether it is an index whose children are not recorded
   */
  public record Source(
      Digest digest, @Nullable Digest subject, Set<Digest> children, boolean unread) {
    public Source {
      children = Set.copyOf(children);
    }
  }

  /** Whether it is the media type of an index (OCI, Docker). */
  public static boolean isIndex(String mediaType) {
    return INDEX_TYPES.contains(mediaType);
  }

  /** All its digests, present and past, that were converted. */
  public List<Source> sources(RepositoryName repository) {
    return store.read(
        session ->
            session.list(
                """
                SELECT digest, (SELECT MAX(subject) FROM images i WHERE i.digest = held.digest),
                  (SELECT MAX(children) FROM images i WHERE i.digest = held.digest)
                FROM (SELECT DISTINCT digest FROM tags WHERE key > ? AND key < ?) held
                WHERE EXISTS (SELECT 1 FROM images i WHERE i.digest = held.digest)
                """,
                Repositories::source,
                firstKey(repository),
                endKey(repository)));
  }

  private static Source source(ResultSet row) throws SQLException {
    @Nullable String subject = row.getString(2);
    @Nullable String children = row.getString(3);
    boolean unread = UNREAD.equals(children);
    return new Source(
        Digest.stored(row.getString(1)),
        subject == null ? null : Digest.stored(subject),
        children == null || unread || NOTHING.equals(children)
            ? Set.of()
            : Stream.of(children.split(" ")).map(Digest::stored).collect(Collectors.toSet()),
        unread);
  }

  /** Lazily read pages of the images with a verified copy that it holds and may have. */
  public Stream<List<HeldImage>> images(RepositoryName repository) {
    return images(store, repository);
  }

  private static List<RepositoryName> after(
      Session session, @Nullable RepositoryName after, int limit) throws SQLException {
    List<RepositoryName> found = new ArrayList<>();
    RepositoryName last = after == null ? RepositoryName.stored("", "") : after;
    while (found.size() < limit) {
      // One index search each: a repository may have 100,000 tags.
      Optional<RepositoryName> next =
          session.first(
              "SELECT registry, repository FROM tags WHERE deleted = 0"
                  + " AND (registry, repository) > (?, ?)"
                  + " ORDER BY registry, repository LIMIT 1",
              row -> RepositoryName.stored(row.getString(1), row.getString(2)),
              last.registry(),
              last.repository());
      if (next.isEmpty()) {
        break;
      }
      last = next.get();
      found.add(last);
    }
    return found;
  }

  private static boolean exists(Session session, RepositoryName repository) throws SQLException {
    return session
        .first(
            "SELECT 1 FROM tags WHERE registry = ? AND repository = ? AND deleted = 0 LIMIT 1",
            row -> true,
            repository.registry(),
            repository.repository())
        .isPresent();
  }

  private static boolean holds(Session session, RepositoryName repository, Digest digest)
      throws SQLException {
    return session
        .first(
            "SELECT 1 WHERE " + holding("?1"),
            row -> true,
            digest,
            firstKey(repository),
            endKey(repository))
        .isPresent();
  }

  /**
   * A condition: the repository holds this digest. Parameters 2 and 3 delimit its keys, so that a
   * digest held by very many repositories costs no more than another.
   */
  static String holding(String digest) {
    return """
    (EXISTS (SELECT 1 FROM tags t
      WHERE t.digest = %1$s AND t.key > ?2 AND t.key < ?3 AND t.deleted = 0)
    OR EXISTS (SELECT 1 FROM tag_history h CROSS JOIN tags t ON t.key = h.key
      WHERE h.digest = %1$s AND h.key > ?2 AND h.key < ?3 AND t.deleted = 0))\
    """
        .formatted(digest);
  }

  /**
   * A condition: the image is for the repository of this place. An image that the first releases
   * read there qualifies until the repository is shown to have one from the same source in the same
   * mode.
   */
  static String isFor(String images, String place) {
    return """
    %1$s.place = %2$s AND (%1$s.shown = 1
    OR NOT EXISTS (SELECT 1 FROM images o
      WHERE o.digest = %1$s.digest AND o.place = %2$s AND o.mode = %1$s.mode AND o.shown = 1))\
    """
        .formatted(images, place);
  }

  /** Whether there are images from the first releases, which no repository was shown to have. */
  static boolean hasImagesNotShown(Session session) throws SQLException {
    return session.first("SELECT 1 FROM images WHERE shown = 0 LIMIT 1", row -> true).isPresent();
  }

  /** The start of its names' keys in order: tags, then digests. */
  static String firstKey(RepositoryName repository) {
    return repository + ":";
  }

  /** Their end: {@code A} sorts after {@code @}, which precedes a digest. */
  static String endKey(RepositoryName repository) {
    return repository + "A";
  }

  /** The end of its tags' keys. */
  static String endOfTags(RepositoryName repository) {
    return repository + ";";
  }

  private static Stream<List<HeldImage>> images(Store store, RepositoryName repository) {
    return Stream.iterate(
            page(store, repository, firstKey(repository), FIRST_NAMES),
            Optional::isPresent,
            page -> next(store, repository, page.orElseThrow()))
        .map(page -> page.orElseThrow().images());
  }

  private static Optional<ImagePage> next(Store store, RepositoryName repository, ImagePage page) {
    return page(store, repository, page.last(), Math.min(2 * page.names(), MOST_NAMES));
  }

  /** Images of the names after this key; empty when there are no more names. */
  private static Optional<ImagePage> page(
      Store store, RepositoryName repository, String last, int names) {
    return store.read(
        session -> {
          List<String> keys =
              session.list(
                  "SELECT key FROM tags WHERE key > ? AND key < ? AND deleted = 0"
                      + " ORDER BY key LIMIT ?",
                  row -> row.getString(1),
                  last,
                  endKey(repository),
                  names);
          if (keys.isEmpty()) {
            return Optional.empty();
          }
          String end = keys.getLast();
          return Optional.of(new ImagePage(images(session, repository, last, end), end, names));
        });
  }

  private static List<HeldImage> images(
      Session session, RepositoryName repository, String after, String last) throws SQLException {
    return session.list(
        """
        SELECT i.image_dag, i.mode, i.appended_at FROM (
          SELECT digest FROM tags WHERE key > ?1 AND key <= ?2 AND deleted = 0
          UNION SELECT h.digest FROM tag_history h CROSS JOIN tags t ON t.key = h.key
            WHERE h.key > ?1 AND h.key <= ?2 AND t.deleted = 0) held
        CROSS JOIN images i ON i.digest = held.digest
        CROSS JOIN pins p ON p.key = i.image_dag
        WHERE p.verified > 0 AND \
        """
            + isFor("i", "?3"),
        row ->
            new HeldImage(
                ImageDag.stored(row.getString(1)),
                new ModeName(row.getString(2)),
                StateTable.appendedAt(row)),
        after,
        last,
        repository);
  }

  /**
   * Images of some names.
   *
   * @param last key of the last of these names
   * @param names the requested number
   */
  private record ImagePage(List<HeldImage> images, String last, int names) {}
}
