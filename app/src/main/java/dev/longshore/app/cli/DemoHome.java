package dev.longshore.app.cli;

import dev.longshore.app.parts.DevelopmentHome;
import dev.longshore.app.settings.ConfigFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Where a demo writes: a new folder that it removes at the end, or the home to keep it. */
record DemoHome(DevelopmentHome home, boolean temporary) implements AutoCloseable {
  static DemoHome open(boolean keep) throws IOException {
    return keep
        ? new DemoHome(ConfigFile.home(), false)
        : new DemoHome(new DevelopmentHome(Files.createTempDirectory("longshore-demo-")), true);
  }

  @Override
  public void close() throws IOException {
    if (!temporary) {
      return;
    }
    List<Path> files;
    try (Stream<Path> tree = Files.walk(home.folder())) {
      files = tree.sorted(Comparator.reverseOrder()).toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    for (Path file : files) {
      Files.deleteIfExists(file);
    }
  }
}
