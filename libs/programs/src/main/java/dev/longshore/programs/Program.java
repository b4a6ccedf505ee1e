package dev.longshore.programs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * A program that goes on until it is stopped.
 *
 * @param name stands in errors
 * @param command how it is started
 * @param log takes all that it prints, from its start on
 * @param ready how it is known that it works
 * @param limit how long it may take until then
 */
public record Program(String name, Command command, Path log, Ready ready, Duration limit) {
  /** With further variables. */
  public Program with(Map<String, String> variables) {
    return new Program(name, command.with(variables), log, ready, limit);
  }

  /**
   * Starts it and returns when it is ready. It ends with this process at the latest, however that
   * ends.
   *
   * @throws ProgramException when it is not ready in time, or ended, and then it does not run; says
   *     how it was started, its exit code and the end of its log
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
