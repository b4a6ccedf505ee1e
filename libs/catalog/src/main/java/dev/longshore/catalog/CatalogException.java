package dev.longshore.catalog;

import org.jspecify.annotations.Nullable;

/**
 * The local store could not be read or written: for example a full disk, or an inaccessible folder.
 */
public final class CatalogException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message what was tried on which file, the result, and what to do
   */
  public CatalogException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
