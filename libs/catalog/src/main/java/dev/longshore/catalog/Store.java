package dev.longshore.catalog;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * A SQLite database with one writing and a few concurrent reading connections. In memory a single
 * connection does both, in turns.
 */
final class Store implements AutoCloseable {
  /** Milliseconds to wait for another process that holds the file, such as a command-line tool. */
  private static final int BUSY_MILLIS = 10_000;

  private static final int MEBIBYTE = 1024;

  /** Pages of the log before a checkpoint: a page that changes again meanwhile is written once. */
  private static final int CHECKPOINT_PAGES = 16 * 1024;

  private static final Logger log = LoggerFactory.getLogger(Store.class);

  private final String name;
  private final @Nullable Path file;
  private final BlockingQueue<Session> writers;
  private final BlockingQueue<Session> readers;
  private final List<Session> sessions = new ArrayList<>();
  private final int ownReaders;
  private final AtomicBoolean closed = new AtomicBoolean();

  private Store(String name, @Nullable Path file, Session writer, List<Session> readers) {
    this.name = name;
    this.file = file;
    this.writers = new ArrayBlockingQueue<>(1, false, List.of(writer));
    this.ownReaders = readers.size();
    this.sessions.add(writer);
    this.sessions.addAll(readers);
    this.readers =
        readers.isEmpty() ? writers : new ArrayBlockingQueue<>(readers.size(), false, readers);
  }

  /** How much memory it takes. */
  enum Memory {
    /** The writer touches several indexes per record, readers few pages per query. */
    USUAL(4, 16 * MEBIBYTE, 4 * MEBIBYTE),

    /** Of who has few callers and little memory: pages come from the system's cache. */
    SMALL(3, 4 * MEBIBYTE, MEBIBYTE);

    /** Connections that read: more would only share two or four cores. */
    private final int readers;

    /** KiB of page cache. */
    private final int ofWriter;

    private final int ofReader;

    Memory(int readers, int ofWriter, int ofReader) {
      this.readers = readers;
      this.ofWriter = ofWriter;
      this.ofReader = ofReader;
    }
  }

  /** Work within one transaction or read. */
  interface Work<T> {
    T run(Session session) throws SQLException;
  }

  static Store inMemory() {
    try {
      Session writer = connect("jdbc:sqlite::memory:", Memory.USUAL.ofWriter);
      Schema.create(writer);
      return new Store("in memory", null, writer, List.of());
    } catch (SQLException e) {
      throw new CatalogException("opening a catalog in memory: " + e.getMessage(), e);
    }
  }

  static Store open(Path file) {
    return open(file, Memory.USUAL);
  }

  /**
   * Opens the file. Replaces one with another schema by an empty one, and sets a broken one aside
   * as {@code NAME.broken}, for diagnosis.
   */
  static Store open(Path file, Memory memory) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Session writer = openWriter(file, memory);
      List<Session> readers = new ArrayList<>();
      for (int i = 0; i < memory.readers; i++) {
        readers.add(connect("jdbc:sqlite:" + file, memory.ofReader));
      }
      return new Store(file.toString(), file, writer, readers);
    } catch (SQLException | IOException e) {
      throw new CatalogException(
          "opening the catalog "
              + file
              + ": "
              + e.getMessage()
              + " (free disk space and check the folder's owner; the file may be deleted)",
          e);
    }
  }

  private static Session openWriter(Path file, Memory memory) throws SQLException, IOException {
    if (Files.deleteIfExists(damaged(file))) {
      setAside(file, "it was found damaged before");
    }
    Session writer = null;
    try {
      writer = connect("jdbc:sqlite:" + file, memory.ofWriter);
      int version = Schema.version(writer);
      if (version == Schema.VERSION) {
        return writer;
      }
      if (version == Schema.EMPTY) {
        Schema.create(writer);
        return writer;
      }
      log.info("catalog {}: of schema {}, is rebuilt from Kafka", file, version);
      writer.close();
      delete(file);
    } catch (SQLiteException e) {
      if (passes(e)) {
        throw e;
      }
      if (writer != null) {
        writer.close();
      }
      setAside(file, e.getMessage());
    }
    writer = connect("jdbc:sqlite:" + file, memory.ofWriter);
    Schema.create(writer);
    return writer;
  }

  /** Whether the file may be intact, and is only unusable now. */
  private static boolean passes(SQLiteException e) {
    return switch (primary(e)) {
      case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_FULL, SQLITE_NOMEM -> true;
      default -> false;
    };
  }

  private static boolean isDamage(SQLException e) {
    return e instanceof SQLiteException known
        && (primary(known) == SQLiteErrorCode.SQLITE_CORRUPT
            || primary(known) == SQLiteErrorCode.SQLITE_NOTADB);
  }

  /** The code without what SQLite adds in its upper bits. */
  private static SQLiteErrorCode primary(SQLiteException e) {
    return SQLiteErrorCode.getErrorCode(e.getResultCode().code & 0xff);
  }

  /** Whether the file was found damaged; the next opening replaces it. */
  static boolean isDamaged(Path file) {
    return Files.exists(damaged(file));
  }

  private static Path damaged(Path file) {
    return Path.of(file + ".damaged");
  }

  private static void setAside(Path file, @Nullable String why) throws IOException {
    Path broken = Path.of(file + ".broken");
    if (Files.exists(file)) {
      Files.move(file, broken, StandardCopyOption.REPLACE_EXISTING);
    }
    delete(file);
    log.warn("catalog {}: {}; it is kept as {}, and rebuilt from Kafka", file, why, broken);
  }

  private static void delete(Path file) throws IOException {
    Files.deleteIfExists(file);
    Files.deleteIfExists(Path.of(file + "-wal"));
    Files.deleteIfExists(Path.of(file + "-shm"));
  }

  private static Session connect(String url, int cacheKib) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    // A power cut may lose the last commits, rows and positions together; Kafka brings them again.
    config.setSynchronous(SQLiteConfig.SynchronousMode.NORMAL);
    config.setBusyTimeout(BUSY_MILLIS);
    config.setCacheSize(-cacheKib);
    // An index over a million rows is sorted within the cache; temporary memory would hold all of
    // it.
    config.setTempStore(SQLiteConfig.TempStore.FILE);
    // Nothing uses them, and the driver would run a query after each insertion.
    config.setGetGeneratedKeys(false);
    Session session = new Session(config.createConnection(url));
    session.script("PRAGMA wal_autocheckpoint = " + CHECKPOINT_PAGES);
    return session;
  }

  /** Runs the work in a transaction: all of it is kept, or none. */
  <T> T write(Work<T> work) {
    return with(
        writers,
        session -> {
          session.update("BEGIN IMMEDIATE");
          boolean done = false;
          try {
            T result = work.run(session);
            session.update("COMMIT");
            done = true;
            return result;
          } finally {
            if (!done) {
              session.update("ROLLBACK");
            }
          }
        });
  }

  /** Rows that were read since it was opened. */
  long rowsRead() {
    return sessions.stream().mapToLong(Session::rowsRead).sum();
  }

  /** Runs a read. */
  <T> T read(Work<T> work) {
    return with(readers, work);
  }

  private <T> T with(BlockingQueue<Session> pool, Work<T> work) {
    Session session = take(pool);
    try {
      return work.run(session);
    } catch (SQLException e) {
      boolean damage = isDamage(e);
      if (damage) {
        noteDamage();
      }
      String advice = damage ? "restart, which rebuilds it from Kafka" : "free disk space";
      throw new CatalogException("catalog %s: %s (%s)".formatted(name, e.getMessage(), advice), e);
    } finally {
      pool.add(session);
    }
  }

  /** The next start would not notice the damage by itself. */
  private void noteDamage() {
    if (file == null) {
      return;
    }
    try {
      Files.createFile(damaged(file));
    } catch (FileAlreadyExistsException e) {
      log.debug("{} was noted before", e.getMessage());
    } catch (IOException e) {
      log.warn("catalog {}: that it is damaged cannot be noted: {}", name, e.getMessage());
    }
  }

  /** Waits for another's read or transaction to end, which is short, so not interruptible. */
  private Session take(BlockingQueue<Session> pool) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          Session session = pool.take();
          if (session.isClosed()) {
            pool.add(session);
            throw new IllegalStateException("catalog " + name + " is closed");
          }
          return session;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Waits for current work; later work is refused. Closed sessions stay to refuse it. */
  @Override
  public void close() {
    if (!closed.getAndSet(true)) {
      closeAll(readers, ownReaders);
      closeAll(writers, 1);
    }
  }

  private void closeAll(BlockingQueue<Session> pool, int sessions) {
    List<Session> taken = new ArrayList<>();
    try {
      for (int i = 0; i < sessions; i++) {
        taken.add(take(pool));
      }
      for (Session session : taken) {
        session.close();
      }
    } catch (SQLException e) {
      throw new CatalogException("closing the catalog " + name + ": " + e.getMessage(), e);
    } finally {
      pool.addAll(taken);
    }
  }
}
