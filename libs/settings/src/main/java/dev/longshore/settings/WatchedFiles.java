package dev.longshore.settings;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that are read immediately, and again whenever one of them changes. While the new content
 * cannot be used, for example because only one of two is written yet, the previous content stays.
 */
public final class WatchedFiles {
  /** The documented delay is 10 s; a check costs one system call for each file. */
  static final Duration LOOK_EVERY = Duration.ofSeconds(2);

  private static final ScheduledExecutorService CLOCK =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("watched-files").factory());

  private static final Timer REAL =
      (pause, look) -> {
        ScheduledFuture<?> timer =
            CLOCK.scheduleWithFixedDelay(
                look, pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
        return () -> timer.cancel(false);
      };

  private final String what;
  private final List<Path> files;
  private final Parsing<?> parsing;
  private final boolean settled;
  private List<State> read;
  private List<State> seen;
  private @Nullable String told;
  private volatile boolean ended;

  /**
   * Reads the files and applies their content, or throws and changes nothing.
   *
   * @param <X> its exception; the message names the file and what is expected
   */
  @FunctionalInterface
  public interface Reading<X extends Exception> {
    void read() throws X;
  }

  /**
   * Reads the files, and returns what applies their content.
   *
   * @param <X> its exception; the message names the file and what is expected
   */
  @FunctionalInterface
  public interface Parsing<X extends Exception> {
    Reading<X> parse() throws X;
  }

  /** Runs something after each pause, until that is ended. */
  @FunctionalInterface
  interface Timer {
    /**
     * Begins with a pause.
     *
     * @return ends it
     */
    Runnable every(Duration pause, Runnable look);
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

  /** Looks for as long as there is something to look at. */
  private static final class Looks implements Runnable {
    private final Supplier<@Nullable WatchedFiles> files;
    private @Nullable Runnable end;

    Looks(Supplier<@Nullable WatchedFiles> files) {
      this.files = files;
    }

    synchronized void begin(Timer timer) {
      end = timer.every(LOOK_EVERY, this);
    }

    @Override
    public synchronized void run() {
      WatchedFiles left = files.get();
      if (left != null && !left.ended) {
        left.look();
      } else if (end != null) {
        end.run();
      }
    }
  }

  private WatchedFiles(String what, List<Path> files, boolean settled, Parsing<?> parsing) {
    this.what = what;
    this.files = List.copyOf(files);
    this.settled = settled;
    this.parsing = parsing;
    this.read = states();
    this.seen = read;
  }

  /**
   * Reads the files and watches them from now on.
   *
   * @param what their content, for the log: {@code certificates}
   * @throws X from the first read; nothing is watched then
   */
  public static <X extends Exception> WatchedFiles watch(
      String what, List<Path> files, Reading<X> reading) throws X {
    return watch(what, files, REAL, reading);
  }

  static <X extends Exception> WatchedFiles watch(
      String what, List<Path> files, Timer timer, Reading<X> reading) throws X {
    WatchedFiles watched = onDemand(what, files, reading);
    new Looks(() -> watched).begin(timer);
    return watched;
  }

  /**
   * The same for as long as somebody holds the result: what reads it may be read anew many times.
   *
   * @param what their content, for the log: {@code secrets}
   * @throws X from the first read; nothing is watched then
   */
  static <X extends Exception> WatchedFiles watchWhileHeld(
      String what, List<Path> files, Reading<X> reading) throws X {
    WatchedFiles watched = onDemand(what, files, reading);
    new Looks(new WeakReference<>(watched)::get).begin(REAL);
    return watched;
  }

  /**
   * Reads a file and watches it until {@link #end}. For files whose half would parse as the whole,
   * such as a list that is cut off: a change takes effect once the file is the same at two looks
   * and did not change while it was read.
   *
   * @param what its content, for the log: {@code settings}
   * @throws X from the first read; nothing is watched then
   */
  public static <X extends Exception> WatchedFiles watchSettled(
      String what, Path file, Parsing<X> parsing) throws X {
    return watchSettled(what, file, REAL, parsing);
  }

  static <X extends Exception> WatchedFiles watchSettled(
      String what, Path file, Timer timer, Parsing<X> parsing) throws X {
    WatchedFiles watched = new WatchedFiles(what, List.of(file), true, parsing);
    parsing.parse().read();
    new Looks(() -> watched).begin(timer);
    return watched;
  }

  /**
   * Reads the files, and checks them only on request: there may be many of these, since no timer
   * holds them.
   *
   * @param what their content, for the log: {@code certificates}
   * @throws X from the first read
   */
  public static <X extends Exception> WatchedFiles onDemand(
      String what, List<Path> files, Reading<X> reading) throws X {
    WatchedFiles watched =
        new WatchedFiles(
            what,
            files,
            false,
            () -> {
              reading.read();
              return () -> {};
            });
    reading.read();
    return watched;
  }

  /** They are not looked at any more. */
  public void end() {
    ended = true;
  }

  /** Reads them again if they changed. */
  public synchronized void look() {
    try {
      readIfChanged();
    } catch (Exception | Error e) { // The next look must come: a timer drops for good who fails.
      tell(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
    }
  }

  private void readIfChanged() throws Exception {
    List<State> now = states();
    boolean stands = !settled || now.equals(seen);
    seen = now;
    // After trouble even what was read before is news: somebody put it back.
    if ((now.equals(read) && told == null) || !stands) {
      return;
    }
    Reading<?> content = parsing.parse();
    if (!states().equals(now)) {
      return; // what was read may be a part
    }
    content.read();
    read = now;
    told = null;
    log().info("{}: {} changed and is used from now on", what, names());
  }

  /**
   * Log it once: an unreadable file is tried again, since a permission can change without the file.
   */
  private void tell(String problem) {
    if (!problem.equals(told)) {
      log().warn("{}: {}; the previous content stays in use until this is fixed", what, problem);
      told = problem;
    }
  }

  /** Most commands read a secret and end before it changes, so they need no log. */
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
