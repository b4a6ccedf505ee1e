package dev.longshore.app.parts;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One program in a process of its own, its output in a log file. */
final class ChildProcess {
  private static final Duration TERMINATION = Duration.ofSeconds(10);
  private static final Duration PROBE_PAUSE = Duration.ofMillis(50);
  private static final int LOG_LINES = 20;
  private final String name;
  private final List<String> command;
  private final Map<String, String> environment;
  private final Path log;
  private @Nullable Process process;

  ChildProcess(String name, List<String> command, Map<String, String> environment, Path log) {
    this.name = name;
    this.command = List.copyOf(command);
    this.environment = Map.copyOf(environment);
    this.log = log;
  }

  /** Answers whether the program is ready; asked again and again until the deadline. */
  interface Probe {
    boolean isReady() throws IOException;
  }

  void start(Probe probe, Duration deadline) throws PartFailedException, InterruptedException {
    Process started;
    try {
      Files.createDirectories(log.toAbsolutePath().getParent());
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().putAll(environment);
      builder.redirectErrorStream(true).redirectOutput(log.toFile());
      started = Spawner.start(builder);
    } catch (IOException e) {
      throw new PartFailedException(
          "%s could not be started (%s): %s".formatted(name, command.getFirst(), e.getMessage()),
          e);
    }
    process = started;
    long end = System.nanoTime() + deadline.toNanos();
    while (!answers(probe)) {
      if (started.waitFor(PROBE_PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new PartFailedException(
            "%s ended at its start with exit code %d; the end of its log %s:%n%s"
                .formatted(name, started.exitValue(), log, endOfLog()),
            null);
      }
      if (System.nanoTime() > end) {
        stop();
        throw new PartFailedException(
            "%s did not answer within %d s; the end of its log %s:%n%s"
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

  /** SIGTERM, and SIGKILL when that does not help. */
  void stop() throws InterruptedException {
    Process running = process;
    if (running == null) {
      return;
    }
    running.destroy();
    try {
      if (!running.waitFor(TERMINATION.toMillis(), TimeUnit.MILLISECONDS)) {
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
      List<String> lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines().toList();
      return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
    } catch (IOException e) {
      return "(the log could not be read: " + e.getMessage() + ")";
    }
  }
}
