package dev.longshore.programs;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A command line with its environment; runs to its end here, or keeps running as a {@link Program}.
 *
 * @param line the program and its arguments
 * @param environment additions to this process's
 * @param folder its working folder; empty for this process's
 * @param input its input; empty for none
 * @param limit time after which a run counts as hung
 */
public record Command(
    List<String> line,
    Map<String, String> environment,
    Optional<Path> folder,
    Optional<Path> input,
    Duration limit) {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int SHOWN = 1_000;

  public Command {
    line = List.copyOf(line);
    environment = Map.copyOf(environment);
  }

  public static Command of(List<String> line) {
    return new Command(line, Map.of(), Optional.empty(), Optional.empty(), LIMIT);
  }

  public static Command of(String program, String... arguments) {
    return of(List.of(program)).with(arguments);
  }

  /** How a run ended, and what it printed. */
  public record Ended(int exitCode, String out, String err) {}

  /** Further arguments. */
  public Command with(String... arguments) {
    List<String> all = new ArrayList<>(line);
    all.addAll(List.of(arguments));
    return new Command(all, environment, folder, input, limit);
  }

  /** Further variables. */
  public Command with(Map<String, String> variables) {
    Map<String, String> all = new HashMap<>(environment);
    all.putAll(variables);
    return new Command(line, all, folder, input, limit);
  }

  /**
   * In another network namespace, which needs root.
   *
   * @param namespace its file, such as {@code /run/netns/far}
   */
  public Command inNetwork(Path namespace) {
    List<String> all = new ArrayList<>(List.of("nsenter", "--net=" + namespace, "--"));
    all.addAll(line);
    return new Command(all, environment, folder, input, limit);
  }

  public Command in(Path newFolder) {
    return new Command(line, environment, Optional.of(newFolder), input, limit);
  }

  public Command reading(Path file) {
    return new Command(line, environment, folder, Optional.of(file), limit);
  }

  public Command within(Duration newLimit) {
    return new Command(line, environment, folder, input, newLimit);
  }

  /** Runs it with further arguments; returns its standard output. */
  public String run(String... arguments) throws IOException, InterruptedException {
    Ended ended = tryTo(arguments);
    require(ended.exitCode(), ended.out() + ended.err(), arguments);
    return ended.out();
  }

  /** Runs it with further arguments; returns however it ends. */
  public Ended tryTo(String... arguments) throws IOException, InterruptedException {
    Path out = temporary();
    Path err = temporary();
    try {
      int exitCode =
          with(arguments).await(Redirect.to(out.toFile()), Redirect.to(err.toFile()), out, err);
      return new Ended(exitCode, text(out), text(err));
    } finally {
      Files.deleteIfExists(out);
      Files.deleteIfExists(err);
    }
  }

  /** Runs it with its output, even binary, to a file. */
  public void runTo(Path out, String... arguments) throws IOException, InterruptedException {
    Path err = temporary();
    try {
      int exitCode =
          with(arguments).await(Redirect.to(out.toFile()), Redirect.to(err.toFile()), err);
      require(exitCode, text(err), arguments);
    } finally {
      Files.deleteIfExists(err);
    }
  }

  private void require(int exitCode, String said, String... arguments) throws ProgramException {
    if (exitCode != 0) {
      throw new ProgramException(
          "%s: exit code %d: %s".formatted(with(arguments), exitCode, said.strip()), null);
    }
  }

  /**
   * Its exit code. No pipes: a surviving child of the program would hold them open. An interrupted
   * caller does not wait, but asks it to end and clean up.
   *
   * @param said files whose text shows how far one came that does not end
   */
  int await(Redirect out, Redirect err, Path... said) throws IOException, InterruptedException {
    Process process = Spawner.start(this, builder().redirectOutput(out).redirectError(err));
    try {
      if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        return process.exitValue();
      }
    } catch (InterruptedException e) {
      process.destroy();
      throw e;
    }
    RunningProgram.killTree(process.toHandle());
    StringBuilder all = new StringBuilder();
    for (Path file : said) {
      all.append(text(file));
    }
    String shown = all.isEmpty() ? "" : ": " + all.toString().strip();
    throw new ProgramException(
        "%s: no end within %d s%s".formatted(this, limit.toSeconds(), shown), null);
  }

  private static Path temporary() throws IOException {
    return Files.createTempFile("longshore-program", null);
  }

  /** Without output yet. */
  ProcessBuilder builder() {
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().putAll(environment);
    folder.ifPresent(path -> builder.directory(path.toFile()));
    builder.redirectInput(input.orElse(Path.of("/dev/null")).toFile());
    return builder;
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }

  /** As it would be typed, shortening long arguments such as a class path. */
  @Override
  public String toString() {
    String typed = String.join(" ", line);
    return typed.length() <= SHOWN ? typed : typed.substring(0, SHOWN) + "...";
  }
}
