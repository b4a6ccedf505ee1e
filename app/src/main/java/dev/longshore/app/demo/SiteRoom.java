package dev.longshore.app.demo;

import dev.longshore.resolver.site.SiteSettings;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Free space where sites keep their blocks.
 *
 * @param free bytes
 * @param total bytes
 */
public record SiteRoom(Path folder, long free, long total) {
  /** That of the disk of a folder. */
  public static SiteRoom of(Path folder) throws IOException {
    FileStore store = Files.getFileStore(folder);
    return new SiteRoom(folder, store.getUsableSpace(), store.getTotalSpace());
  }

  /**
   * Said before the demo instead of minutes in which nothing arrives.
   *
   * @throws IOException if sites would fetch nothing
   */
  public void require() throws IOException {
    long least = total / 100 * SiteSettings.LEAST_FREE_PERCENT;
    if (free < least) {
      throw new IOException(
          "the disk of %s has %.1f of %.1f GB free; a site fetches nothing while less than %d %% is free: free %.1f GB more"
              .formatted(
                  folder,
                  free / 1e9,
                  total / 1e9,
                  SiteSettings.LEAST_FREE_PERCENT,
                  (least - free) / 1e9));
    }
  }
}
