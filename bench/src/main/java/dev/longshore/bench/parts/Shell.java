package dev.longshore.bench.parts;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

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
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    FutureTask<byte[]> out = reading(process.getInputStream()::readAllBytes);
    FutureTask<byte[]> err = reading(process.getErrorStream()::readAllBytes);
    try {
      if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        throw new IOException("%s: no end within %s".formatted(String.join(" ", command), LIMIT));
      }
      String printed = text(out);
      if (process.exitValue() != 0) {
        throw new IOException(
            "%s: exit code %d: %s%s"
                .formatted(String.join(" ", command), process.exitValue(), printed, text(err)));
      }
      return printed;
    } finally {
      process.destroyForcibly();
    }
  }

  @FunctionalInterface
  private interface Output {
    byte[] all() throws IOException;
  }

  private static FutureTask<byte[]> reading(Output output) {
    FutureTask<byte[]> task = new FutureTask<>(output::all);
    Thread.ofPlatform().daemon().start(task);
    return task;
  }

  private static String text(FutureTask<byte[]> output) throws IOException, InterruptedException {
    try {
      return new String(output.get(), StandardCharsets.UTF_8).strip();
    } catch (ExecutionException e) {
      throw new IOException("a program's output cannot be read", e);
    }
  }
}
