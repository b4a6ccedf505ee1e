package dev.longshore.programs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * A program that runs until it is stopped.
 *
 * @param name for errors
 * @param command starts it
 * @param log receives all its output
 * @param ready the check that it works
 * @param limit time until it must work
 */
public record Program(String name, Command command, Path log, Ready ready, Duration limit) {
  /** With further variables. */
  public Program with(Map<String, String> variables) {
    return new Program(name, command.with(variables), log, ready, limit);
  }

  /**
   * Starts it and returns when it is ready. It ends at the latest with this process, however that
   * ends.
   *
   * @throws ProgramException when it is not ready in time, or has ended; it does not run then; the
   *     message has its command, exit code and the end of its log
   */
  public RunningProgram start() throws IOException, InterruptedException {
    Files.createDirectories(log.toAbsolutePath().getParent());
    ProcessBuilder builder = command.builder();
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    RunningProgram running = new RunningProgram(this, Spawner.start(command, builder));
    try {
      running.awaitReady();
      return running;
    } catch (IOException | InterruptedException | RuntimeException e) {
      running.kill();
      throw e;
    }
  }
}
