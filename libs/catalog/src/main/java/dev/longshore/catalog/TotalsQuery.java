package dev.longshore.catalog;

import dev.longshore.model.ModeName;
import java.sql.SQLException;
import java.util.List;

/** Totals of the tables, each from one index. */
final class TotalsQuery {
  /** Each image DAG of a mode once, however many repositories have it. */
  static final String IMAGES =
      "(SELECT mode, MIN(incomplete) AS incomplete, MIN(bytes) AS bytes"
          + " FROM images GROUP BY mode, image_dag)";

  private TotalsQuery() {}

  static Totals run(Session session) throws SQLException {
    long[] images =
        sums(session, "SELECT COUNT(*), TOTAL(incomplete), TOTAL(bytes) FROM " + IMAGES, 3);
    long[] pins =
        sums(
            session,
            "SELECT TOTAL(wanted > 0), TOTAL(verified < wanted),"
                + " TOTAL(verified = 0 AND wanted > 0), TOTAL(verified)"
                + " FROM pins",
            4);
    return new Totals(
        sums(session, "SELECT COUNT(*) FROM tags WHERE deleted = 0 AND tag IS NOT NULL", 1)[0],
        images[0],
        images[1],
        images[2],
        sums(session, "SELECT COUNT(*) FROM blobs", 1)[0],
        pins[0],
        pins[1],
        pins[2],
        pins[3],
        WorkFailures.count(session, WorkFailure.Kind.PERMANENT),
        WorkFailures.count(session, WorkFailure.Kind.TRANSIENT));
  }

  static List<Totals.OfMode> byMode(Session session) throws SQLException {
    return session.list(
        "SELECT mode, COUNT(*), TOTAL(incomplete), TOTAL(bytes) FROM "
            + IMAGES
            + " GROUP BY mode ORDER BY mode DESC",
        row ->
            new Totals.OfMode(
                new ModeName(row.getString(1)), row.getLong(2), row.getLong(3), row.getLong(4)));
  }

  private static long[] sums(Session session, String sql, int columns) throws SQLException {
    return session
        .first(
            sql,
            row -> {
              long[] values = new long[columns];
              for (int i = 0; i < columns; i++) {
                values[i] = row.getLong(i + 1);
              }
              return values;
            })
        .orElseThrow();
  }
}
