package dev.longshore.resolver.store;

import java.sql.SQLException;

/** A local file cannot be read or written, as when its disk is full. */
public final class LocalFileException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  LocalFileException(String message, SQLException cause) {
    super(message, cause);
  }
}
