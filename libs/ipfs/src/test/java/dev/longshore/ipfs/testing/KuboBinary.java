package dev.longshore.ipfs.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Finds the Kubo that the project pins: LONGSHORE_IPFS, else what deploy/tools/install built. */
final class KuboBinary {
  private KuboBinary() {}

  static Path find() throws IOException, InterruptedException {
    String given = System.getenv("LONGSHORE_IPFS");
    if (given != null && !given.isEmpty()) {
      return Path.of(given);
    }
    Path install = Path.of(System.getProperty("longshore.root", "."), "deploy/tools/install");
    if (!Files.isExecutable(install)) {
      throw new IllegalStateException(
          "no Kubo: set LONGSHORE_IPFS to an ipfs 0.43.1, or longshore.root to the project's root");
    }
    Process script =
        new ProcessBuilder(List.of(install.toString(), "--print-path", "ipfs"))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String path = new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (script.waitFor() != 0 || path.isBlank()) {
      throw new IllegalStateException("deploy/tools/install --print-path ipfs failed");
    }
    return Path.of(path.strip());
  }
}
