package dev.longshore.app.doctor;

import dev.longshore.model.check.Check;
import dev.longshore.model.check.Findings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Whether files with secrets exist and are closed to other users.
 *
 * @param files by the settings that name them
 */
record SecretFilesCheck(Map<String, Path> files) implements Check {
  private static final Set<PosixFilePermission> OTHERS =
      Set.of(PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE);

  SecretFilesCheck {
    files = Map.copyOf(files);
  }

  @Override
  public String part() {
    return "secrets";
  }

  @Override
  public void look(Findings findings) {
    int closed = 0;
    for (Map.Entry<String, Path> one : new TreeMap<>(files).entrySet()) {
      if (isClosed(findings, one.getKey(), one.getValue())) {
        closed++;
      }
    }
    if (closed == files.size()) {
      findings.fine("look at the files with secrets", closed + ", none of them open to others");
    }
  }

  private static boolean isClosed(Findings findings, String setting, Path file) {
    String tried = "look at " + setting + " " + file;
    try {
      if (!Files.isReadable(file)) {
        boolean there = Files.exists(file);
        findings.wrong(
            tried,
            there ? "cannot be read by this user" : "there is no such file",
            there
                ? "let the user of the service read it: chown or chgrp, and no more"
                : "write it, or correct " + setting);
        return false;
      }
      Set<PosixFilePermission> rights =
          Files.readAttributes(file, PosixFileAttributes.class).permissions();
      if (rights.stream().anyMatch(OTHERS::contains)) {
        findings.warning(
            tried, "every user of this machine may read or change it", "chmod o-rwx " + file);
        return false;
      }
      return true;
    } catch (UnsupportedOperationException noRights) {
      return true;
    } catch (IOException e) {
      findings.wrong(tried, String.valueOf(e.getMessage()), "make it a file that can be read");
      return false;
    }
  }
}
