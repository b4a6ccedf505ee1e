package dev.longshore.app.clients;

import dev.longshore.programs.Program;
import dev.longshore.programs.Ready;
import dev.longshore.programs.RunningProgram;
import dev.longshore.programs.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The reference's snapshotter, which mounts layers over FUSE before they are there. It reads from
 * registries, and from an IPFS node where a layer has an ipfs url. Needs root and /dev/fuse.
 *
 * @param folder of its state
 * @param socket where containerd finds it
 */
record StargzSnapshotter(Path folder, Path socket, RunningProgram program)
    implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(30);

  /**
   * Starts it.
   *
   * @param folder of its state
   * @param kubo folder with the file {@code api} of the node
   */
  static StargzSnapshotter start(Path folder, Path kubo) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Path socket = folder.resolve("stargz.sock");
    String[] api = Files.readString(kubo.resolve("api")).strip().split("/", -1);
    Program program =
        new Program(
            "stargz-snapshotter",
            Tools.ofProject()
                .command(
                    "stargz-check",
                    "serve",
                    folder.resolve("root").toString(),
                    socket.toString(),
                    api[2] + ":" + api[4]),
            folder.resolve("stargz.log"),
            Ready.says("ready"),
            START);
    return new StargzSnapshotter(folder, socket, program.start());
  }

  @Override
  public void close() throws IOException, InterruptedException {
    program.close();
    // One that was killed leaves them.
    LeftMounts.takeDown(folder);
  }
}
