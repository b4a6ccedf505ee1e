package dev.longshore.app.login;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/** A program that a test writes. */
final class Script {
  private Script() {}

  /** A shell script; replaces an earlier one at once. */
  static Path write(Path file, String text) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Files.writeString(next, "#!/bin/sh\n" + text);
    Files.setPosixFilePermissions(next, PosixFilePermissions.fromString("rwxr-xr-x"));
    return Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
  }
}
