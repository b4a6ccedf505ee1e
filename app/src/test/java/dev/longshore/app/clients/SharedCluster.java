package dev.longshore.app.clients;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One development run for all test classes that register this statically: it starts with the first
 * and ends with the last test of the JVM.
 */
final class SharedCluster implements BeforeAllCallback {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(SharedCluster.class);

  private DevelopmentCluster cluster;

  DevelopmentCluster get() {
    return cluster;
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    cluster =
        context
            .getRoot()
            .getStore(NAMESPACE)
            .computeIfAbsent(Running.class, _ -> Running.start(), Running.class)
            .cluster();
  }

  /** Closed with JUnit's root store. */
  private record Running(DevelopmentCluster cluster, Path folder) implements AutoCloseable {
    static Running start() {
      try {
        Path folder = Files.createTempDirectory("longshore-clients");
        return new Running(DevelopmentCluster.start(folder), folder);
      } catch (Exception e) {
        throw new IllegalStateException("the development run did not start", e);
      }
    }

    @Override
    public void close() throws Exception {
      try {
        cluster.close();
      } finally {
        keepLogs();
      }
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          delete(file);
        }
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

    private static void delete(Path file) throws IOException {
      Files.deleteIfExists(file);
    }
  }
}
