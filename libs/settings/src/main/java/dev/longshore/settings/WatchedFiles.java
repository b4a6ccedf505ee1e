package dev.longshore.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that are read at once and again whenever one of them changed. While the new ones cannot be
 * used, because only one of two is written yet, say, what was read before stays.
 */
public final class WatchedFiles {
  /** Who changes a file is told 10 s; a look costs one call of the system for each file. */
  static final Duration LOOK_EVERY = Duration.ofSeconds(2);

  private static final ScheduledExecutorService CLOCK =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("watched-files").factory());

  private final String what;
  private final List<Path> files;
  private final Reading<?> reading;
  private List<State> read;
  private @Nullable String told;

  /**
   * Reads the files and puts what they hold to use, or throws and leaves all as it was.
   *
   * @param <X> what it throws; its message names the file and says what is expected
   */
  @FunctionalInterface
  public interface Reading<X extends Exception> {
    void read() throws X;
  }

  private record State(@Nullable FileTime modified, long size, @Nullable Object key) {
    static State of(Path file) {
      try {
        BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
        return new State(found.lastModifiedTime(), found.size(), found.fileKey());
      } catch (IOException absent) {
        return new State(null, 0, null);
      }
    }
  }

  private WatchedFiles(String what, List<Path> files, Reading<?> reading) {
    this.what = what;
    this.files = List.copyOf(files);
    this.reading = reading;
    this.read = states();
  }

  /**
   * Reads the files and looks at them from now on.
   *
   * @param what they hold, for the log: {@code certificates}
   * @throws X as the reading throws it, and nothing is watched then
   */
  public static <X extends Exception> WatchedFiles watch(
      String what, List<Path> files, Reading<X> reading) throws X {
    WatchedFiles watched = onDemand(what, files, reading);
    long every = LOOK_EVERY.toMillis();
    var _ = CLOCK.scheduleWithFixedDelay(watched::look, every, every, TimeUnit.MILLISECONDS);
    return watched;
  }

  /**
   * Reads the files, and looks at them only when it is asked to: of which there may be many, as no
   * clock holds them.
   *
   * @param what they hold, for the log: {@code certificates}
   * @throws X as the reading throws it
   */
  public static <X extends Exception> WatchedFiles onDemand(
      String what, List<Path> files, Reading<X> reading) throws X {
    WatchedFiles watched = new WatchedFiles(what, files, reading);
    reading.read();
    return watched;
  }

  /** Reads them again if they changed. */
  public synchronized void look() {
    List<State> now = states();
    if (now.equals(read)) {
      return;
    }
    try {
      reading.read();
      read = now;
      told = null;
      log().info("{}: {} changed and is used from now on", what, names());
    } catch (Exception e) { // Whatever it was: the next look must come.
      tell(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
    }
  }

  /** Says it once: what cannot be read is tried again, for a right may come without a change. */
  private void tell(String problem) {
    if (!problem.equals(told)) {
      log().warn("{}: {}; what was read before is still used until that is mended", what, problem);
      told = problem;
    }
  }

  /** Most commands read a secret and are over before it changes: they need no log. */
  private static Logger log() {
    return LoggerFactory.getLogger(WatchedFiles.class);
  }

  private String names() {
    return files.stream().map(Path::toString).collect(Collectors.joining(" with "));
  }

  private List<State> states() {
    return files.stream().map(State::of).toList();
  }
}
