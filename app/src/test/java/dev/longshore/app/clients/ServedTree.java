package dev.longshore.app.clients;

import dev.longshore.programs.RunningProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SortedMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A {@link FileTree} that a program serves over FUSE. Whoever reads there waits in the kernel until
 * that program answers. No interrupt ends this, as JUnit's time-outs would; the program's end does.
 *
 * @param limit of reading all of it
 */
record ServedTree(RunningProgram server, Duration limit) {
  SortedMap<String, String> of(Path root) throws IOException, InterruptedException {
    var at = new AtomicReference<>(root);
    var reading = new FutureTask<>(() -> FileTree.of(root, at::set));
    Thread.ofPlatform().daemon().name("reads " + root).start(reading);
    try {
      return reading.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      server.kill();
      throw new AssertionError(
          server.said("did not answer within %s who read %s".formatted(limit, at)), e);
    } catch (InterruptedException e) {
      server.kill();
      throw e;
    } catch (ExecutionException e) {
      throw new IOException(at + ": " + e.getCause(), e.getCause());
    }
  }
}
