package dev.longshore.app.parts;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One program in a process of its own, its output in a log file. */
final class ChildProcess {
  private static final Duration PROBE_PAUSE = Duration.ofMillis(50);

  /** What a program gets to end after SIGTERM, even when there is no time for work under way. */
  private static final Duration TERMINATION = Duration.ofSeconds(3);

  private static final int LOG_LINES = 20;
  private final String name;
  private final List<String> command;
  private final Map<String, String> environment;
  private final Path log;
  private final Consumer<String> onDeath;
  private @Nullable Process process;
  private volatile boolean told;

  /**
   * Starts nothing yet.
   *
   * @param log takes everything that the program prints
   * @param onDeath told, in a sentence with the end of the log, when the program ends unasked
   */
  ChildProcess(
      String name,
      List<String> command,
      Map<String, String> environment,
      Path log,
      Consumer<String> onDeath) {
    this.name = name;
    this.command = List.copyOf(command);
    this.environment = Map.copyOf(environment);
    this.log = log;
    this.onDeath = onDeath;
  }

  /** Answers whether the program is ready; asked again and again until the deadline. */
  interface Probe {
    boolean isReady() throws IOException;
  }

  void start(Probe probe, Duration deadline) throws PartFailedException, InterruptedException {
    Process started = spawn();
    process = started;
    try {
      awaitReady(started, probe, deadline);
    } catch (PartFailedException | InterruptedException e) {
      stop(Duration.ZERO);
      throw e;
    }
    var _ = started.onExit().thenAccept(this::ended);
  }

  private Process spawn() throws PartFailedException, InterruptedException {
    if (!Files.isExecutable(Path.of(command.getFirst()))) {
      throw new PartFailedException(
          "%s could not be started: there is no program at %s".formatted(name, command.getFirst()),
          null);
    }
    try {
      Files.createDirectories(log.toAbsolutePath().getParent());
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().putAll(environment);
      builder.redirectErrorStream(true).redirectOutput(log.toFile());
      return Spawner.start(builder);
    } catch (IOException e) {
      throw new PartFailedException(
          "%s could not be started (%s): %s".formatted(name, command.getFirst(), e.getMessage()),
          e);
    }
  }

  private void awaitReady(Process started, Probe probe, Duration deadline)
      throws PartFailedException, InterruptedException {
    long end = System.nanoTime() + deadline.toNanos();
    while (!answers(probe)) {
      if (started.waitFor(PROBE_PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new PartFailedException(death("ended at its start", started), null);
      }
      if (System.nanoTime() > end) {
        throw new PartFailedException(
            "%s did not answer within %d s; the end of its log %s:\n%s"
                .formatted(name, deadline.toSeconds(), log, endOfLog()),
            null);
      }
    }
  }

  private static boolean answers(Probe probe) {
    try {
      return probe.isReady();
    } catch (IOException _) {
      return false;
    }
  }

  private void ended(Process process) {
    if (!told) {
      onDeath.accept(death("ended by itself", process));
    }
  }

  private String death(String how, Process ended) {
    return "%s %s with exit code %d; the end of its log %s:\n%s"
        .formatted(name, how, ended.exitValue(), log, endOfLog());
  }

  /** SIGTERM, and SIGKILL when that does not help within the time. */
  void stop(Duration drain) throws InterruptedException {
    told = true;
    Process running = process;
    if (running == null) {
      return;
    }
    running.destroy();
    Duration patience = drain.compareTo(TERMINATION) > 0 ? drain : TERMINATION;
    try {
      if (!running.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        running.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      running.destroyForcibly();
      throw e;
    }
    process = null;
  }

  private String endOfLog() {
    try {
      List<String> lines =
          new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines().toList();
      return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
    } catch (IOException e) {
      return "(the log could not be read: " + e.getMessage() + ")";
    }
  }
}
