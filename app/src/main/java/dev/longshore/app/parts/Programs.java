package dev.longshore.app.parts;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Where the third-party programs are: {@code deploy/tools} knows. */
public final class Programs {
  /** From nothing a program is built, which takes minutes. */
  private static final long MINUTES = 20;

  private final Path root;

  /** Programs of the checkout at {@code root}. */
  public Programs(Path root) {
    this.root = root;
  }

  /** The program's path; builds it if it is not there. */
  public Path find(String name) throws PartFailedException, InterruptedException {
    Path install = root.resolve("deploy/tools/install");
    try {
      Process process =
          new ProcessBuilder(install.toString(), "--print-path", name)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      String path = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new PartFailedException("%s %s failed".formatted(install, name), null);
      }
      return Path.of(path.strip());
    } catch (IOException e) {
      throw new PartFailedException(
          "%s could not be run: %s".formatted(install, e.getMessage()), e);
    }
  }
}
