package dev.longshore.programs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Starts processes that cannot outlive this one, even if it is killed: the kernel sends them
 * SIGKILL when the thread that started them ends. So one thread that lives as long as the process
 * starts them all.
 */
final class Spawner {
  private static final Path SETPRIV = Path.of("/usr/bin/setpriv");

  /** One that cannot be started, as from a mount that does not answer, holds up all others. */
  private static final Duration START = Duration.ofSeconds(60);

  private static final ExecutorService THREAD =
      Executors.newSingleThreadExecutor(
          task -> Thread.ofPlatform().name("starts programs").daemon().unstarted(task));

  private Spawner() {}

  /**
   * Starts a command.
   *
   * @param builder the command with its output
   */
  static Process start(Command command, ProcessBuilder builder)
      throws ProgramException, InterruptedException {
    String program = command.line().getFirst();
    if (!isProgram(program)) {
      throw new ProgramException(
          "%s could not be started: there is no program at %s".formatted(command, program), null);
    }
    if (Files.isExecutable(SETPRIV)) {
      List<String> bound = new ArrayList<>(List.of(SETPRIV.toString(), "--pdeathsig", "KILL"));
      bound.addAll(command.line());
      builder.command(bound);
    }
    CompletableFuture<Process> started = new CompletableFuture<>();
    THREAD.execute(() -> start(builder, started));
    try {
      return started.get(START.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      // Asked to end, as one whose caller is interrupted later: it may have to clean up.
      var _ = started.thenAccept(Process::destroy);
      throw e;
    } catch (TimeoutException e) {
      var _ = started.thenAccept(Process::destroyForcibly);
      throw new ProgramException(
          "%s was not started within %d s: its folder, or that of one before it, does not answer"
              .formatted(command, START.toSeconds()),
          e);
    } catch (ExecutionException e) {
      throw new ProgramException(
          "%s could not be started: %s".formatted(command, e.getCause()), e.getCause());
    }
  }

  private static void start(ProcessBuilder builder, CompletableFuture<Process> started) {
    try {
      started.complete(builder.start());
    } catch (IOException | RuntimeException | Error e) { // All end with this thread.
      started.completeExceptionally(e);
    }
  }

  /** A bare name is searched on PATH. */
  private static boolean isProgram(String name) {
    return !name.contains("/") || Files.isExecutable(Path.of(name));
  }
}
