package dev.longshore.bench.modes;

import dev.longshore.app.parts.PartFailedException;
import dev.longshore.bench.parts.Containerd;
import dev.longshore.bench.parts.Daemon;
import dev.longshore.bench.parts.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A machine that has pulled nothing yet: containerd, and the snapshotter that mounts lazily. */
record LazyNode(Daemon snapshotter, Containerd containerd) implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(30);

  /**
   * Starts both with everything in the folder.
   *
   * @param ipfs host and port of a Kubo's RPC
   */
  static LazyNode start(Tools tools, Path folder, String ipfs)
      throws IOException, PartFailedException, InterruptedException {
    Files.createDirectories(folder);
    Path socket = folder.resolve("stargz.sock");
    Daemon snapshotter =
        Daemon.start(
            List.of(
                tools.path("stargz-check").toString(),
                "serve",
                folder.resolve("stargz").toString(),
                socket.toString(),
                ipfs),
            Map.of(),
            folder.resolve("stargz.log"),
            line -> line.equals("ready"),
            START);
    try {
      return new LazyNode(
          snapshotter, Containerd.startWithStargz(tools, folder.resolve("containerd"), socket));
    } catch (IOException | PartFailedException | InterruptedException | RuntimeException e) {
      snapshotter.close();
      throw e;
    }
  }

  @Override
  public void close() {
    containerd.close();
    snapshotter.close();
  }
}
