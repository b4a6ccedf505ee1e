package dev.longshore.app.clients;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One development run for all test classes of a JVM that register this statically, which Surefire
 * runs one by one, each in a plan of its own. It ends soon after the last of a row of such classes,
 * so that it takes nothing from tests that do not need it.
 */
final class SharedCluster implements BeforeAllCallback, AfterAllCallback {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(SharedCluster.class);

  private final boolean fresh;
  private DevelopmentCluster cluster;

  SharedCluster() {
    this(false);
  }

  private SharedCluster(boolean fresh) {
    this.fresh = fresh;
  }

  /** One in which nothing happened yet. */
  static SharedCluster startedAnew() {
    return new SharedCluster(true);
  }

  DevelopmentCluster get() {
    return cluster;
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    cluster = shared(context).take(fresh);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    shared(context).leave();
  }

  /** A plan's own store would end it with each class. */
  private static Shared shared(ExtensionContext context) {
    return context
        .getStore(ExtensionContext.StoreScope.LAUNCHER_SESSION, NAMESPACE)
        .computeIfAbsent(Shared.class, _ -> new Shared(), Shared.class);
  }

  /** Closed with the JVM's last test. */
  private static final class Shared implements AutoCloseable {
    /** The next class of a row begins at once. */
    private static final Duration UNUSED = Duration.ofSeconds(3);

    private final ScheduledExecutorService timer =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("end of the shared cluster").factory());

    private @Nullable Running running;
    private @Nullable Future<?> end;
    private @Nullable Throwable failure;

    synchronized DevelopmentCluster take(boolean fresh) {
      if (end != null) {
        end.cancel(false);
        end = null;
      }
      if (fresh) {
        end();
      }
      if (running == null) {
        running = Running.start();
      }
      return running.cluster();
    }

    synchronized void leave() {
      end = timer.schedule(this::endUnused, UNUSED.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Unless somebody took it while this waited for its turn. */
    private synchronized void endUnused() {
      if (end != null) {
        end = null;
        try {
          end();
        } catch (RuntimeException | AssertionError e) {
          failure = e;
        }
      }
    }

    private void end() {
      Running ended = running;
      running = null;
      if (ended != null) {
        ended.close();
      }
    }

    @Override
    public synchronized void close() {
      timer.shutdownNow();
      end();
      if (failure != null) {
        throw new IllegalStateException("a development run did not end", failure);
      }
    }
  }

  private record Running(DevelopmentCluster cluster, Path folder) {
    static Running start() {
      try {
        Path folder = Files.createTempDirectory("longshore-clients");
        return new Running(DevelopmentCluster.start(folder), folder);
      } catch (Exception e) {
        throw new IllegalStateException("the development run did not start", e);
      }
    }

    void close() {
      try {
        try {
          cluster.close();
        } finally {
          keepLogs();
        }
        try (Stream<Path> files = Files.walk(folder)) {
          for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
            Files.deleteIfExists(file);
          }
        }
      } catch (Exception e) {
        throw new IllegalStateException("the development run did not end", e);
      }
    }

    /** Its logs stay in the build folder: a test that timed out is explained by them. */
    private void keepLogs() throws IOException {
      Path kept = Path.of("target", "clients-logs").resolve(folder.getFileName());
      Files.createDirectories(kept);
      try (Stream<Path> logs = Files.list(DevelopmentCluster.logs(folder))) {
        for (Path log : logs.toList()) {
          Files.copy(log, kept.resolve(log.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }
}
