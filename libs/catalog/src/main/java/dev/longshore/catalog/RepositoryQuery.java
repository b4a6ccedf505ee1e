package dev.longshore.catalog;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks at repositories by the names that their source still has. */
final class RepositoryQuery {
  private RepositoryQuery() {}

  /** By registry, then by name. */
  static List<Repository> after(Session session, @Nullable Repository after, int limit)
      throws SQLException {
    List<Repository> found = new ArrayList<>();
    Repository last = after == null ? new Repository("", "") : after;
    while (found.size() < limit) {
      // One step down the index each: a repository may have 100,000 tags.
      Optional<Repository> next =
          session.first(
              "SELECT registry, repository FROM tags WHERE deleted = 0"
                  + " AND (registry, repository) > (?, ?)"
                  + " ORDER BY registry, repository LIMIT 1",
              row -> new Repository(row.getString(1), row.getString(2)),
              last.registry(),
              last.name());
      if (next.isEmpty()) {
        break;
      }
      last = next.get();
      found.add(last);
    }
    return found;
  }

  /** Whether it has a name. */
  static boolean exists(Session session, Repository repository) throws SQLException {
    return session
        .first(
            "SELECT 1 FROM tags WHERE registry = ? AND repository = ? AND deleted = 0 LIMIT 1",
            row -> true,
            repository.registry(),
            repository.name())
        .isPresent();
  }

  /** Whether one of its names has or had the digest. */
  static boolean holds(Session session, Repository repository, String digest) throws SQLException {
    return session
        .first(
            "SELECT 1 FROM tags WHERE key IN (SELECT key FROM tags WHERE digest = ?"
                + " UNION ALL SELECT key FROM tag_history WHERE digest = ?)"
                // The signs keep it from reading all names of the repository instead.
                + " AND +registry = ? AND +repository = ? AND deleted = 0 LIMIT 1",
            row -> true,
            digest,
            digest,
            repository.registry(),
            repository.name())
        .isPresent();
  }

  /** What its names have or had, each once. */
  static List<String> digests(Session session, Repository repository, int limit)
      throws SQLException {
    return session.list(
        "SELECT DISTINCT digest FROM ("
            + "SELECT digest FROM tags WHERE registry = ? AND repository = ? AND deleted = 0"
            + " UNION ALL SELECT h.digest FROM tags t JOIN tag_history h ON h.key = t.key"
            + " WHERE t.registry = ? AND t.repository = ? AND t.deleted = 0) LIMIT ?",
        row -> row.getString(1),
        repository.registry(),
        repository.name(),
        repository.registry(),
        repository.name(),
        limit);
  }
}
