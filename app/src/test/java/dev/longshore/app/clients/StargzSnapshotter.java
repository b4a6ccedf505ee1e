package dev.longshore.app.clients;

import dev.longshore.testing.Programs;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * The reference's snapshotter, which mounts layers over FUSE before they are there. It reads from
 * registries, and from an IPFS node where a layer has an ipfs url. Needs root and /dev/fuse.
 *
 * @param socket where containerd finds it
 */
record StargzSnapshotter(Path socket, Process process) implements AutoCloseable {
  private static final int STOP_SECONDS = 30;

  /**
   * Starts it.
   *
   * @param kubo folder with the file {@code api} of the node
   */
  static StargzSnapshotter start(Path folder, Path kubo) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Path socket = folder.resolve("stargz.sock");
    Path log = folder.resolve("stargz.log");
    String[] api = Files.readString(kubo.resolve("api")).strip().split("/", -1);
    Process process =
        new ProcessBuilder(
                Programs.find("stargz-check").toString(),
                "serve",
                folder.resolve("root").toString(),
                socket.toString(),
                api[2] + ":" + api[4])
            .redirectError(log.toFile())
            .start();
    BufferedReader lines = process.inputReader();
    if (!"ready".equals(lines.readLine())) {
      process.destroyForcibly();
      throw new IOException("the snapshotter did not start: " + Files.readString(log));
    }
    return new StargzSnapshotter(socket, process);
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }
}
