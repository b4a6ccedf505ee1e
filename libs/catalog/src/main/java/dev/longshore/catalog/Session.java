package dev.longshore.catalog;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** One connection with its prepared statements; used by one thread at a time. */
final class Session {
  private final Connection connection;
  private final Map<String, PreparedStatement> statements = new HashMap<>();
  private final LongAdder rowsRead = new LongAdder();
  private boolean closed;

  Session(Connection connection) {
    this.connection = connection;
  }

  /** Reads one row. */
  interface Row<T> {
    T read(ResultSet row) throws SQLException;
  }

  /** Runs an update; returns the number of changed rows. */
  int update(String sql, @Nullable Object... parameters) throws SQLException {
    return bound(sql, parameters).executeUpdate();
  }

  <T> List<T> list(String sql, Row<T> row, @Nullable Object... parameters) throws SQLException {
    try (ResultSet rows = bound(sql, parameters).executeQuery()) {
      List<T> result = new ArrayList<>();
      while (rows.next()) {
        result.add(row.read(rows));
      }
      rowsRead.add(result.size());
      return result;
    }
  }

  <T> Optional<T> first(String sql, Row<T> row, @Nullable Object... parameters)
      throws SQLException {
    try (ResultSet rows = bound(sql, parameters).executeQuery()) {
      rowsRead.increment();
      return rows.next() ? Optional.of(row.read(rows)) : Optional.empty();
    }
  }

  /** So far, by whichever thread. */
  long rowsRead() {
    return rowsRead.sum();
  }

  /** Runs statements that are not worth preparing, such as a schema. */
  void script(String... sqls) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : sqls) {
        statement.execute(sql);
      }
    }
  }

  boolean isClosed() {
    return closed;
  }

  void close() throws SQLException {
    closed = true;
    connection.close();
  }

  private PreparedStatement bound(String sql, @Nullable Object... parameters) throws SQLException {
    PreparedStatement statement = statements.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      statements.put(sql, statement);
    }
    for (int i = 0; i < parameters.length; i++) {
      statement.setObject(i + 1, bindable(parameters[i]));
    }
    return statement;
  }

  /** Digests, CIDs and names are stored as texts. */
  private static @Nullable Object bindable(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case Number number -> number;
      case byte[] bytes -> bytes;
      default -> value.toString();
    };
  }
}
