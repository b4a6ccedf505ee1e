package dev.longshore.app.clients;

import dev.longshore.testing.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program that is run in a folder, with options that are always the same. */
public record Tool(Path folder, Map<String, String> environment, List<String> command) {
  private static final int SECONDS = 120;

  /** What a run gave. */
  public record Result(int exitCode, String out, String err) {}

  public static Tool of(Path folder, String program, String... options)
      throws IOException, InterruptedException {
    return of(folder, Map.of(), program, options);
  }

  public static Tool of(
      Path folder, Map<String, String> environment, String program, String... options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Programs.find(program).toString());
    command.addAll(List.of(options));
    return new Tool(folder, environment, List.copyOf(command));
  }

  /** Its standard output; anything but exit code 0 is an error. */
  public String run(String... arguments) throws IOException, InterruptedException {
    Result result = tryTo(arguments);
    if (result.exitCode() != 0) {
      throw new AssertionError(
          "%s %s: exit code %d: %s%s"
              .formatted(
                  command, List.of(arguments), result.exitCode(), result.out(), result.err()));
    }
    return result.out();
  }

  public Result tryTo(String... arguments) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(command);
    all.addAll(List.of(arguments));
    Path out = Files.createTempFile("longshore-tool", ".out");
    Path err = Files.createTempFile("longshore-tool", ".err");
    try {
      ProcessBuilder builder = new ProcessBuilder(all).directory(folder.toFile());
      builder.environment().putAll(environment);
      Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
      process.getOutputStream().close();
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
        throw new AssertionError(all + ": no end in " + SECONDS + " s: " + Files.readString(err));
      }
      return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
    } finally {
      Files.deleteIfExists(out);
      Files.deleteIfExists(err);
    }
  }
}
