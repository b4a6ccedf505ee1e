package dev.longshore.bench.modes;

import dev.longshore.bench.parts.NerdctlNode;
import dev.longshore.programs.Program;
import dev.longshore.programs.Ready;
import dev.longshore.programs.RunningProgram;
import dev.longshore.programs.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A machine that has pulled nothing yet: containerd, and the snapshotter that mounts lazily. */
record LazyNode(RunningProgram snapshotter, NerdctlNode containerd) implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(30);

  /**
   * Starts both with everything in the folder.
   *
   * @param ipfs host and port of a Kubo's RPC
   */
  static LazyNode start(Tools tools, Path folder, String ipfs)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Path socket = folder.resolve("stargz.sock");
    RunningProgram snapshotter =
        new Program(
                "stargz-snapshotter",
                tools.command(
                    "stargz-check",
                    "serve",
                    folder.resolve("stargz").toString(),
                    socket.toString(),
                    ipfs),
                folder.resolve("stargz.log"),
                Ready.says("ready"),
                START)
            .start();
    try {
      return new LazyNode(
          snapshotter, NerdctlNode.startWithStargz(tools, folder.resolve("containerd"), socket));
    } catch (IOException | InterruptedException | RuntimeException e) {
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
