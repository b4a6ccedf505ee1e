package dev.longshore.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** Real programs for integration tests, at the versions of {@code deploy/tools/tools.lock}. */
public final class Programs {
  /** A program that has to be built first takes minutes. */
  private static final int INSTALL_SECONDS = 1_200;

  private static final int RUN_SECONDS = 120;

  private Programs() {}

  /**
   * The path of a program, built or installed first if need be.
   *
   * @param name such as {@code registry}, {@code crane}, {@code skopeo}
   */
  public static Path find(String name) throws IOException, InterruptedException {
    Path install = Path.of(System.getProperty("longshore.root", "."), "deploy/tools/install");
    if (!Files.isExecutable(install)) {
      throw new IllegalStateException(
          "no %s: %s is missing; set the system property longshore.root to the project's root"
              .formatted(name, install.toAbsolutePath()));
    }
    return Path.of(run(INSTALL_SECONDS, install.toString(), "--print-path", name).strip());
  }

  /** Finds a program and runs it; gives its standard output, fails if its exit code is not 0. */
  public static String run(String name, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(find(name).toString()));
    command.addAll(Arrays.asList(arguments));
    return run(RUN_SECONDS, command.toArray(String[]::new));
  }

  private static String run(int seconds, String... command)
      throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).start();
    process.getOutputStream().close();
    var out = read(process.getInputStream()::readAllBytes);
    var err = read(process.getErrorStream()::readAllBytes);
    if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IllegalStateException(String.join(" ", command) + ": no end in " + seconds + " s");
    }
    try {
      if (process.exitValue() != 0) {
        throw new IllegalStateException(
            "%s: exit code %d: %s"
                .formatted(String.join(" ", command), process.exitValue(), err.get()));
      }
      return out.get();
    } catch (ExecutionException e) {
      throw new IOException(String.join(" ", command) + ": its output cannot be read", e);
    }
  }

  @FunctionalInterface
  private interface Output {
    byte[] all() throws IOException;
  }

  private static FutureTask<String> read(Output output) {
    var task = new FutureTask<>(() -> new String(output.all(), StandardCharsets.UTF_8));
    Thread.ofPlatform().daemon().start(task);
    return task;
  }
}
