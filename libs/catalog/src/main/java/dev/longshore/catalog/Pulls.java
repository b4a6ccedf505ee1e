package dev.longshore.catalog;

import dev.longshore.events.PullState;
import dev.longshore.model.Digest;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Queries about pulls: of each digest the last one, and of all the first. */
public final class Pulls {
  private final Store store;

  Pulls(Store store) {
    this.store = store;
  }

  /** When the source digest was last pulled, if it was. */
  public Optional<Instant> last(Digest digest) {
    return store
        .read(
            session ->
                session.first(
                    "SELECT MAX(pulled_at) AS at FROM pulls WHERE digest = ? HAVING at IS NOT NULL",
                    row -> row.getLong(1),
                    digest))
        .map(Instant::ofEpochMilli);
  }

  /** The same of those that were pulled. */
  public Map<Digest, Instant> last(List<Digest> digests) {
    Map<Digest, Instant> last = new HashMap<>();
    digests.forEach(digest -> last(digest).ifPresent(at -> last.put(digest, at)));
    return last;
  }

  /** Since when pulls are counted: the first that is known. */
  public Optional<Instant> countedSince() {
    return store
        .read(
            session ->
                session.first(
                    "SELECT MIN(pulled_at) AS at FROM pulls HAVING at IS NOT NULL",
                    row -> row.getLong(1)))
        .map(Instant::ofEpochMilli);
  }

  /** Kafka drops old days silently, and only the last day matters, and the very first. */
  static void dropEarlier(Session session, CatalogRecord record) throws SQLException {
    if (record.value() instanceof PullState pull) {
      session.update(
          "DELETE FROM pulls WHERE digest = ? AND pulled_at < ?"
              + " AND pulled_at > (SELECT MIN(pulled_at) FROM pulls)",
          pull.digest(),
          pull.pulledAt().toEpochMilli());
    }
  }
}
