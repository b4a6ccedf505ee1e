package dev.longshore.converter;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The pinned third-party programs that tests compare with. */
final class Programs {
  private static final int RUN_MINUTES = 10;

  private Programs() {}

  /** Where deploy/tools/install has put the program. */
  static Path path(String program) throws IOException, InterruptedException {
    Path install = Path.of(System.getProperty("longshore.root", "."), "deploy/tools/install");
    return Path.of(run(Map.of(), List.of(install.toString(), "--print-path", program)).strip());
  }

  /** Runs a command; its standard output. What it says on standard error is part of a failure. */
  static String run(Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    Path errors = Files.createTempFile("longshore-program", ".err");
    try {
      var builder = new ProcessBuilder(command).redirectError(errors.toFile());
      builder.environment().putAll(environment);
      Process process = builder.start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(RUN_MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IOException(String.join(" ", command) + "\n" + output + Files.readString(errors));
      }
      return output;
    } finally {
      Files.deleteIfExists(errors);
    }
  }

  static String run(String program, String... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(path(program).toString());
    command.addAll(List.of(arguments));
    return run(Map.of(), command);
  }
}
