package dev.longshore.resolver.site;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/** The disk that a site's blocks are on. */
@FunctionalInterface
interface Disk {
  /** Its bytes. */
  record Space(long free, long total) {
    boolean isLow() {
      return room() < 0;
    }

    /** Bytes that may still come; negative if there are too many. */
    long room() {
      return free - total / 100 * SiteSettings.LEAST_FREE_PERCENT;
    }
  }

  Space space() throws IOException;

  /** That of a folder. */
  static Disk of(Path folder) {
    return () -> {
      FileStore store = Files.getFileStore(folder);
      return new Space(store.getUsableSpace(), store.getTotalSpace());
    };
  }
}
