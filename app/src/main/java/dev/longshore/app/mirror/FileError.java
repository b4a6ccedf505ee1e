package dev.longshore.app.mirror;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Why a file could not be read or written, in the words of the system. */
final class FileError {
  private FileError() {}

  /** With the file. */
  static String with(IOException e) {
    return e instanceof FileSystemException at ? at.getFile() + ": " + of(e) : of(e);
  }

  static String of(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "there is none";
      case AccessDeniedException _ -> "permission denied (run this as root)";
      case FileSystemException file when file.getReason() != null -> file.getReason();
      default -> String.valueOf(e.getMessage());
    };
  }
}
