package dev.longshore.bench.parts;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/** A program that runs until it is closed; its output goes to a file, line by line. */
public final class Daemon implements AutoCloseable {
  private static final Path SETPRIV = Path.of("/usr/bin/setpriv");
  private static final Duration STOP = Duration.ofSeconds(30);
  private final Process process;

  private Daemon(Process process) {
    this.process = process;
  }

  /**
   * Starts it and returns when it has printed a line that says that it is ready. It does not
   * outlive the thread that starts it: Linux ends it then.
   *
   * @param log takes all that it prints
   */
  public static Daemon start(
      List<String> command,
      Map<String, String> environment,
      Path log,
      Predicate<String> ready,
      Duration limit)
      throws IOException, InterruptedException {
    List<String> bound = new ArrayList<>();
    if (Files.isExecutable(SETPRIV)) {
      bound.addAll(List.of(SETPRIV.toString(), "--pdeathsig", "KILL"));
    }
    bound.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(bound).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    CompletableFuture<Boolean> answered = new CompletableFuture<>();
    Thread.ofPlatform().daemon().start(() -> follow(process, log, ready, answered));
    Daemon daemon = new Daemon(process);
    if (!within(answered, limit)) {
      daemon.close();
      throw new IOException(
          "%s was not ready within %s:\n%s"
              .formatted(command.getFirst(), limit, Files.readString(log)));
    }
    return daemon;
  }

  /** The running program, whose processor time and memory can be looked at. */
  public ProcessHandle process() {
    return process.toHandle();
  }

  /** SIGTERM, and SIGKILL when that does not help in time, or when the caller is interrupted. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private static boolean within(CompletableFuture<Boolean> answered, Duration limit)
      throws IOException, InterruptedException {
    try {
      return answered.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IOException("a program's output cannot be followed", e);
    }
  }

  private static void follow(
      Process process, Path log, Predicate<String> ready, CompletableFuture<Boolean> answered) {
    try (BufferedReader lines = process.inputReader();
        var out = Files.newBufferedWriter(log)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        out.write(line);
        out.newLine();
        out.flush();
        if (ready.test(line)) {
          answered.complete(true);
        }
      }
      answered.complete(false);
    } catch (IOException e) {
      answered.completeExceptionally(e);
    }
  }
}
