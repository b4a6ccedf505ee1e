package dev.longshore.bench.parts;

import dev.longshore.programs.Command;
import dev.longshore.programs.ContainerdServer;
import dev.longshore.programs.Program;
import dev.longshore.programs.Ready;
import dev.longshore.programs.RunningProgram;
import dev.longshore.programs.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** A machine that has pulled nothing yet: containerd, and the snapshotter that mounts lazily. */
public record LazyNode(RunningProgram snapshotter, NerdctlNode containerd)
    implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(30);

  /**
   * Starts both with everything in the folder.
   *
   * @param ipfs host and port of a Kubo's RPC
   */
  public static LazyNode start(Tools tools, Path folder, String ipfs)
      throws IOException, InterruptedException {
    return start(tools, folder, Optional.empty(), ipfs);
  }

  /** The same in a network namespace; layers come from registries alone. */
  public static LazyNode startIn(Path network, Tools tools, Path folder)
      throws IOException, InterruptedException {
    return start(tools, folder, Optional.of(network));
  }

  private static LazyNode start(Tools tools, Path folder, Optional<Path> network, String... ipfs)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Path socket = folder.resolve("stargz.sock");
    Command serve =
        tools
            .command(
                "stargz-check", "serve", folder.resolve("stargz").toString(), socket.toString())
            .with(ipfs);
    RunningProgram snapshotter =
        new Program(
                "stargz-snapshotter",
                network.map(serve::inNetwork).orElse(serve),
                folder.resolve("stargz.log"),
                Ready.says("ready"),
                START)
            .start();
    try {
      ContainerdServer server =
          new ContainerdServer(tools, folder.resolve("containerd"), "").withStargz(socket);
      return new LazyNode(
          snapshotter, NerdctlNode.start(network.map(server::inNetwork).orElse(server)));
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
