package dev.longshore.catalog;

import org.jspecify.annotations.Nullable;

/** The local store could not be read or written: a full disk, a folder that may not be used. */
public final class CatalogException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Says what was tried on which file, what came back and what to do. */
  public CatalogException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
