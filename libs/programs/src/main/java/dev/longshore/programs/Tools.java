package dev.longshore.programs;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The third-party programs, at the versions of {@code deploy/tools/tools.lock}.
 *
 * @param root of the checkout
 */
public record Tools(Path root) {
  /** Building a program from nothing takes minutes. */
  private static final Duration INSTALL = Duration.ofMinutes(20);

  /** Where they are: to look for one takes longer than most of them run. */
  private static final Map<Path, Map<String, Path>> FOUND = new ConcurrentHashMap<>();

  /** The programs of the checkout in the system property {@code longshore.root}. */
  public static Tools ofProject() {
    return new Tools(Path.of(System.getProperty("longshore.root", "")).toAbsolutePath());
  }

  /** The program's path; builds it if missing, with a note on standard error. */
  public Path path(String name) throws IOException, InterruptedException {
    Map<String, Path> found = FOUND.computeIfAbsent(root, _ -> new ConcurrentHashMap<>());
    Path known = found.get(name);
    if (known == null || !Files.isExecutable(known)) {
      known = installed(name);
      found.put(name, known);
    }
    return known;
  }

  private Path installed(String name) throws IOException, InterruptedException {
    Command install =
        Command.of(root.resolve("deploy/tools/install").toString(), "--print-path", name)
            .within(INSTALL);
    Path out = Files.createTempFile("longshore-tool", null);
    try {
      if (install.await(Redirect.to(out.toFile()), Redirect.INHERIT) != 0) {
        throw new ProgramException(install + " failed, as it says above", null);
      }
      return Path.of(Files.readString(out).strip());
    } finally {
      Files.deleteIfExists(out);
    }
  }

  /** The program with arguments, not yet run. */
  public Command command(String name, String... arguments)
      throws IOException, InterruptedException {
    return Command.of(path(name).toString(), arguments);
  }

  /** Runs the program to its end; returns its standard output. */
  public String run(String name, String... arguments) throws IOException, InterruptedException {
    return command(name).run(arguments);
  }
}
