package dev.longshore.app.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** A jar as the next version of its program has it: built again, with something more in it. */
final class ChangedJar {
  private static final String CHANGE = "META-INF/demo-version";

  private ChangedJar() {}

  static void write(Path jar, Path to) throws IOException {
    try (ZipFile before = new ZipFile(jar.toFile());
        OutputStream out = Files.newOutputStream(to);
        ZipOutputStream after = new ZipOutputStream(out)) {
      List<? extends ZipEntry> entries = Collections.list(before.entries());
      for (ZipEntry entry : entries) {
        after.putNextEntry(entry(entry.getName()));
        try (InputStream content = before.getInputStream(entry)) {
          content.transferTo(after);
        }
        after.closeEntry();
      }
      after.putNextEntry(entry(CHANGE));
      after.write("the next one\n".getBytes(StandardCharsets.UTF_8));
      after.closeEntry();
    }
  }

  private static ZipEntry entry(String name) {
    ZipEntry entry = new ZipEntry(name);
    // The same jar gives the same bytes.
    entry.setTimeLocal(java.time.LocalDateTime.of(1980, 1, 1, 0, 0));
    return entry;
  }
}
