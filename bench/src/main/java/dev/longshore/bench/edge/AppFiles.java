package dev.longshore.bench.edge;

import dev.longshore.bench.image.FileTar;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The files of an app: from half a kilobyte to some hundred, half of them words and half of them
 * bytes that nothing packs, 50 in a folder. A seed gives the same files.
 */
final class AppFiles {
  private static final int IN_A_FOLDER = 50;
  private static final double SMALLEST = 512;
  private static final double SPREAD = 700;
  private static final long TIME = 1_750_000_000_000L;
  private static final String[] WORDS = {
    "buoy", "channel", "draught", "fathom", "gangway", "hatch", "jetty", "knot", "lock", "mooring"
  };

  private final Path root;
  private final List<Path> files = new ArrayList<>();
  private final SplittableRandom random;

  private AppFiles(Path root, long seed) {
    this.root = root;
    this.random = new SplittableRandom(seed);
  }

  /** Writes them. */
  static AppFiles write(Path root, long seed, long bytes) throws IOException {
    AppFiles app = new AppFiles(root, seed);
    long left = bytes;
    while (left > 0) {
      int number = app.files.size();
      Path folder =
          Files.createDirectories(root.resolve("part-%03d".formatted(number / IN_A_FOLDER)));
      Path file = folder.resolve("file-%05d".formatted(number));
      int size =
          (int) Math.min(left, (long) (SMALLEST * Math.pow(SPREAD, app.random.nextDouble())));
      app.files.add(file);
      app.put(file, size, TIME);
      left -= size;
    }
    // Folders show when something was put into them.
    try (var all = Files.walk(root)) {
      for (Path folder : all.filter(Files::isDirectory).toList()) {
        Files.setLastModifiedTime(folder, FileTime.fromMillis(TIME));
      }
    }
    return app;
  }

  int count() {
    return files.size();
  }

  /** Gives some files another content of about the same size; the others keep all, also times. */
  void change(int count, int version) throws IOException {
    for (int i = 0; i < count; i++) {
      Path file = files.get(random.nextInt(files.size()));
      put(file, (int) Files.size(file) + random.nextInt(64), TIME + version * 86_400_000L);
    }
  }

  FileTar tar() throws IOException {
    return FileTar.below(List.of(root), _ -> true);
  }

  private void put(Path file, int size, long time) throws IOException {
    byte[] content = new byte[size];
    if (random.nextBoolean()) {
      random.nextBytes(content);
    } else {
      StringBuilder text = new StringBuilder(size + 16);
      while (text.length() < size) {
        text.append(WORDS[random.nextInt(WORDS.length)]).append(random.nextInt(10)).append(' ');
      }
      content = text.substring(0, size).getBytes(StandardCharsets.US_ASCII);
    }
    Files.write(file, content);
    Files.setLastModifiedTime(file, FileTime.fromMillis(time));
  }
}
