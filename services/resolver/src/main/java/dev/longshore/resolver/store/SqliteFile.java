package dev.longshore.resolver.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A SQLite file whose content can be rebuilt: a damaged one, or one of a version without an
 * upgrade, is replaced. One connection, one user at a time: a query takes some microseconds.
 */
public final class SqliteFile implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SqliteFile.class);

  private final Path path;
  private final Connection connection;
  private final Map<String, PreparedStatement> statements = new HashMap<>();
  private final ReentrantLock lock = new ReentrantLock();

  /** Reads one row. */
  @FunctionalInterface
  public interface Row<T> {
    T read(ResultSet row) throws SQLException;
  }

  /** Work within one transaction. */
  @FunctionalInterface
  public interface Work {
    void run(Session session) throws SQLException;
  }

  private SqliteFile(Path path, Connection connection) {
    this.path = path;
    this.connection = connection;
  }

  /** Opens or creates it; one of another version is replaced. */
  public static SqliteFile open(Path path, int version, List<String> tables) {
    return open(path, version, tables, Map.of());
  }

  /**
   * Opens or creates it.
   *
   * @param upgrades by version, what makes the next one of a file of it, and keeps its content
   */
  public static SqliteFile open(
      Path path, int version, List<String> tables, Map<Integer, List<String>> upgrades) {
    try {
      Files.createDirectories(path.toAbsolutePath().getParent());
      try {
        return connect(path, version, tables, upgrades);
      } catch (SQLException e) {
        LOG.warn("{} cannot be used and is replaced: {}", path, e.getMessage());
        for (String suffix : List.of("", "-wal", "-shm")) {
          Files.deleteIfExists(Path.of(path + suffix));
        }
        return connect(path, version, tables, upgrades);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("local file " + path + " cannot be used", e);
    } catch (SQLException e) {
      throw failed(path, e);
    }
  }

  private static SqliteFile connect(
      Path path, int version, List<String> tables, Map<Integer, List<String>> upgrades)
      throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + path);
    boolean ready = false;
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      statement.execute("PRAGMA synchronous = NORMAL");
      int found;
      try (ResultSet row = statement.executeQuery("PRAGMA user_version")) {
        found = row.getInt(1);
      }
      if (found == 0) {
        connection.setAutoCommit(false);
        run(statement, tables);
        statement.execute("PRAGMA user_version = " + version);
        connection.commit();
      } else if (found != version) {
        connection.setAutoCommit(false);
        upgrade(statement, found, version, upgrades);
        statement.execute("PRAGMA user_version = " + version);
        connection.commit();
      }
      connection.setAutoCommit(false);
      ready = true;
      return new SqliteFile(path, connection);
    } finally {
      if (!ready) {
        connection.close();
      }
    }
  }

  private static void upgrade(
      Statement statement, int found, int version, Map<Integer, List<String>> upgrades)
      throws SQLException {
    for (int from = found; from != version; from++) {
      List<String> steps = upgrades.get(from);
      if (steps == null || from > version) {
        throw new SQLException("version " + found + " (expected: " + version + ")");
      }
      run(statement, steps);
    }
  }

  private static void run(Statement statement, List<String> all) throws SQLException {
    for (String sql : all) {
      statement.execute(sql);
    }
  }

  /** The rows of one query. */
  public <T> List<T> query(String sql, Row<T> row, @Nullable Object... parameters) {
    List<T> found = new ArrayList<>();
    write(session -> found.addAll(session.query(sql, row, parameters)));
    return found;
  }

  /**
   * Runs the work in one transaction.
   *
   * @throws LocalFileException when the write fails; then nothing of it counts
   */
  public void write(Work work) {
    lock.lock();
    try {
      boolean done = false;
      try {
        work.run(new Session());
        connection.commit();
        done = true;
      } finally {
        if (!done) {
          connection.rollback();
        }
      }
    } catch (SQLException e) {
      throw failed(path, e);
    } finally {
      lock.unlock();
    }
  }

  private static LocalFileException failed(Path path, SQLException e) {
    return new LocalFileException(
        "local file "
            + path
            + ": "
            + e.getMessage()
            + "; it may be deleted while Longshore is down",
        e);
  }

  @Override
  public void close() {
    lock.lock();
    try {
      connection.close();
    } catch (SQLException e) {
      LOG.warn("closing {}: {}", path, e.getMessage());
    } finally {
      lock.unlock();
    }
  }

  /** Statements of one transaction. */
  public final class Session {
    private Session() {}

    /** Runs an update. */
    public void update(String sql, @Nullable Object... parameters) throws SQLException {
      bound(sql, parameters).executeUpdate();
    }

    /** The rows of one query. */
    public <T> List<T> query(String sql, Row<T> row, @Nullable Object... parameters)
        throws SQLException {
      List<T> found = new ArrayList<>();
      try (ResultSet rows = bound(sql, parameters).executeQuery()) {
        while (rows.next()) {
          found.add(row.read(rows));
        }
      }
      return found;
    }

    private PreparedStatement bound(String sql, @Nullable Object... parameters)
        throws SQLException {
      PreparedStatement statement = statements.get(sql);
      if (statement == null) {
        statement = connection.prepareStatement(sql);
        statements.put(sql, statement);
      }
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      return statement;
    }
  }
}
