package dev.longshore.programs;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Searches for a text in a growing log; reads its bytes once, however large the log gets. */
final class LogSearch {
  private static final int CHUNK = 1 << 16;
  private final Path log;

  /** Its UTF-8, one character per byte. */
  private final String wanted;

  private long position;

  LogSearch(Path log, String text) {
    this.log = log;
    this.wanted = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  boolean isFound() throws IOException {
    byte[] chunk = new byte[CHUNK];
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      while (true) {
        file.seek(position);
        int count = file.read(chunk);
        if (count < wanted.length()) {
          return false;
        }
        if (new String(chunk, 0, count, StandardCharsets.ISO_8859_1).contains(wanted)) {
          return true;
        }
        // The text may begin at the end of this chunk.
        position += count - wanted.length() + 1;
      }
    }
  }
}
