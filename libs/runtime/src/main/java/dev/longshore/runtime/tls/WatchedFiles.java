package dev.longshore.runtime.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that are read at once and again whenever one of them changed. While the new ones cannot be
 * used, because only one of two is written yet, what was read before stays.
 */
final class WatchedFiles {
  /** Certificates are renewed days before they end; a person who changes one waits so long. */
  static final Duration LOOK_EVERY = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(WatchedFiles.class);

  private static final ScheduledExecutorService CLOCK =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("certificates").factory());

  private final List<Path> files;
  private final Reading reading;
  private List<State> read;
  private @Nullable String told;

  /** Reads the files. */
  interface Reading {
    void read() throws IOException, GeneralSecurityException;
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

  private WatchedFiles(List<Path> files, Reading reading) {
    this.files = List.copyOf(files);
    this.reading = reading;
    this.read = states();
    try {
      reading.read();
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      throw new TlsException(problem(e), e);
    }
  }

  /**
   * Reads the files and looks at them from now on.
   *
   * @throws TlsException when they cannot be read or are not what is expected
   */
  static WatchedFiles watch(List<Path> files, Reading reading) {
    WatchedFiles watched = new WatchedFiles(files, reading);
    long every = LOOK_EVERY.toMillis();
    var _ = CLOCK.scheduleWithFixedDelay(watched::look, every, every, TimeUnit.MILLISECONDS);
    return watched;
  }

  /** Reads them again if they changed. */
  synchronized void look() {
    List<State> now = states();
    if (now.equals(read)) {
      return;
    }
    try {
      reading.read();
      read = now;
      told = null;
      LOG.info("certificates: {} changed and are used from now on", files);
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      tell(problem(e));
    }
  }

  /** Says it once: what cannot be read is tried again, for a right may come without a change. */
  private void tell(String problem) {
    if (!problem.equals(told)) {
      LOG.warn("certificates: {}; those read before are still used", problem);
      told = problem;
    }
  }

  private List<State> states() {
    return files.stream().map(State::of).toList();
  }

  private String problem(Exception e) {
    String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return "cannot use "
        + files.stream().map(Path::toString).reduce((a, b) -> a + " with " + b).orElse("")
        + ": "
        + why
        + " (expected: certificates in PEM, an RSA or EC key as PKCS #8 in PEM without a password)";
  }
}
