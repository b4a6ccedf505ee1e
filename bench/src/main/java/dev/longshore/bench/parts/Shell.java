package dev.longshore.bench.parts;

import dev.longshore.programs.Command;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Programs that do one thing and end. */
public final class Shell {
  /** Longer than anything that a benchmark runs: what takes this long hangs. */
  private static final Duration LIMIT = Duration.ofMinutes(10);

  private Shell() {}

  /** Runs a script of bash, whose pipelines fail with any of their programs. */
  public static String script(String script, Map<String, String> environment)
      throws IOException, InterruptedException {
    return run(List.of("bash", "-euo", "pipefail", "-c", script), environment);
  }

  /**
   * Runs a program.
   *
   * @param environment besides this process's
   * @return its standard output, without white space around it
   * @throws IOException when its exit code is not 0; says what it printed
   */
  public static String run(List<String> command, Map<String, String> environment)
      throws IOException, InterruptedException {
    return run(Command.of(command).with(environment));
  }

  static String run(Command command, String... arguments) throws IOException, InterruptedException {
    return command.within(LIMIT).run(arguments).strip();
  }
}
