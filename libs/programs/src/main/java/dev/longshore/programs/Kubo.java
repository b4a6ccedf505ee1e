package dev.longshore.programs;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * An IPFS node with an existing repository.
 *
 * @param program {@code ipfs}
 */
public record Kubo(Path program, Path repository) {
  private static final Duration START = Duration.ofSeconds(60);

  /**
   * The environment by which {@code ipfs} finds the node; a start without swarm.key fails, no
   * telemetry.
   */
  public static Map<String, String> environment(Path repository) {
    return Map.of(
        "IPFS_PATH", repository.toAbsolutePath().toString(),
        "LIBP2P_FORCE_PNET", "1",
        // Sharing the TCP port with websockets logs an error in private swarms.
        "LIBP2P_TCP_MUX", "false",
        "IPFS_TELEMETRY", "off");
  }

  /** {@code ipfs} for this node, running or not. */
  public Command ipfs() {
    return Command.of(program.toString()).with(environment(repository));
  }

  public Program daemon(String name, Path log) {
    return new Program(name, ipfs().with("daemon"), log, Ready.says("Daemon is ready"), START);
  }
}
