package dev.longshore.app.parts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Starts child processes that cannot outlive this one, not even when it is killed: the kernel sends
 * them SIGKILL when the thread that started them ends. So they are all started by one thread that
 * lives as long as the process.
 */
final class Spawner {
  private static final Path SETPRIV = Path.of("/usr/bin/setpriv");
  private static final ExecutorService THREAD =
      Executors.newSingleThreadExecutor(
          task -> Thread.ofPlatform().name("child processes").daemon().unstarted(task));

  private Spawner() {}

  static Process start(ProcessBuilder builder) throws IOException, InterruptedException {
    if (Files.isExecutable(SETPRIV)) {
      List<String> command = new ArrayList<>(List.of(SETPRIV.toString(), "--pdeathsig", "KILL"));
      command.addAll(builder.command());
      builder.command(command);
    }
    Callable<Process> start = builder::start;
    try {
      return THREAD.submit(start).get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw new IllegalStateException("a process could not be started", e.getCause());
    }
  }
}
