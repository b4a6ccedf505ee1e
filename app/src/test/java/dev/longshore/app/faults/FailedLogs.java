package dev.longshore.app.faults;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Logs of the programs of a test that failed. Where they were written to may be in memory, and goes
 * with the run: what each ends with is copied to {@code target/failed-logs} of the checkout.
 */
final class FailedLogs {
  /** Of each log its end is kept, where most often the cause is. */
  private static final long MOST_BYTES = 2L << 20;

  /** Logs of a run. */
  private static final int MOST_FILES = 40;

  /** Runs; the oldest goes. */
  private static final int MOST_RUNS = 8;

  private final Path root;

  FailedLogs(Path root) {
    this.root = root;
  }

  static FailedLogs ofCheckout() {
    return new FailedLogs(
        Path.of(System.getProperty("longshore.root"))
            .toAbsolutePath()
            .resolve("target/failed-logs"));
  }

  /** What a test does with programs, their start too. */
  @FunctionalInterface
  interface Run {
    void run() throws Exception;
  }

  /**
   * Runs it. A failure of any kind says where the logs are.
   *
   * @param test gives their folder its name
   * @param folders what lies in them directly, and is named {@code *.log}
   */
  void keptIfItFails(Class<?> test, Run run, Path... folders) {
    try {
      run.run();
    } catch (Exception | AssertionError e) { // a program that does not start is no AssertionError
      String what = e instanceof AssertionError ? e.getMessage() : e.toString();
      throw new AssertionError(what + "\n" + keep(test, folders), e);
    }
  }

  /** Copies them, and says where they are. */
  private String keep(Class<?> test, Path... folders) {
    try {
      Files.createDirectories(root);
      Path kept = Files.createTempDirectory(root, test.getSimpleName() + "-");
      for (Path folder : folders) {
        for (Path log : latest(folder)) {
          copyEnd(log, kept.resolve(log.getFileName()));
        }
      }
      removeOldest();
      return "the logs are in " + kept;
    } catch (IOException e) {
      // The failure itself must be told.
      return "the logs of %s could not be kept: %s".formatted(List.of(folders), e);
    }
  }

  private static List<Path> latest(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".log") && Files.isRegularFile(file))
          .sorted(Comparator.comparingLong(FailedLogs::changed).reversed())
          .limit(MOST_FILES)
          .toList();
    }
  }

  private static void copyEnd(Path log, Path kept) throws IOException {
    try (FileChannel from = FileChannel.open(log)) {
      from.position(Math.max(0, from.size() - MOST_BYTES));
      Files.copy(Channels.newInputStream(from), kept);
    }
  }

  private void removeOldest() throws IOException {
    List<Path> runs;
    try (Stream<Path> all = Files.list(root)) {
      runs = all.sorted(Comparator.comparingLong(FailedLogs::changed).reversed()).toList();
    }
    for (Path run : runs.subList(Math.min(MOST_RUNS, runs.size()), runs.size())) {
      try (Stream<Path> files = Files.walk(run)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static long changed(Path file) {
    return file.toFile().lastModified();
  }
}
