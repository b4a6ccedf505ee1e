package dev.longshore.app.sites;

import dev.longshore.app.parts.KeptProgram;
import dev.longshore.app.parts.KuboRepository;
import dev.longshore.app.parts.KuboStart;
import dev.longshore.app.parts.PartFailedException;
import dev.longshore.app.parts.Ports;
import dev.longshore.ipfs.kubo.KuboPorts;
import dev.longshore.ipfs.kubo.SwarmKey;
import dev.longshore.programs.FreePorts;
import dev.longshore.programs.Program;
import dev.longshore.runtime.config.PeerSettings;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The Kubo that a node of a site runs itself: in a private swarm of its own, on loopback.
 *
 * @param program {@code ipfs}
 * @param ports of its RPC and gateway
 * @param log receives what it says
 */
public record OwnKubo(Path program, KuboRepository repository, KuboPorts ports, Path log) {
  /** As {@code service site} calls it. */
  public static final String NAME = "the site's kubo";

  private static final int RPC = 5001;
  private static final int GATEWAY = 8080;

  /** That of a home, in its folder {@code kubo}. */
  public static OwnKubo of(Path home, Path program, KuboPorts ports) {
    return new OwnKubo(program, repository(home), ports, home.resolve("logs").resolve("kubo.log"));
  }

  /** Where one in a home has its blocks. */
  public static KuboRepository repository(Path home) {
    return new KuboRepository(home.resolve("kubo"));
  }

  /**
   * That of the settings of a node.
   *
   * @throws IllegalArgumentException when its addresses are not on loopback
   */
  public static OwnKubo of(Path home, Path program, PeerSettings kubo, Path repository) {
    KuboPorts ports = ports(kubo.rpc(), kubo.gateway());
    return new OwnKubo(
        program, new KuboRepository(repository), ports, home.resolve("logs").resolve("kubo.log"));
  }

  /**
   * Ports of two addresses.
   *
   * @throws IllegalArgumentException when they are not on loopback
   */
  public static KuboPorts ports(URI rpc, URI gateway) {
    return KuboPorts.loopback(port(rpc), port(gateway), 0);
  }

  private static int port(URI address) {
    if (!"http".equals(address.getScheme())
        || !List.of("127.0.0.1", "localhost").contains(String.valueOf(address.getHost()))
        || address.getPort() < 1) {
      throw new IllegalArgumentException(
          address + ": a Kubo of its own is not there (expected: http://127.0.0.1:PORT)");
    }
    return address.getPort();
  }

  /** Kubo's own ports if both are free, else any. */
  public static KuboPorts freePorts() throws IOException {
    if (Ports.isFree(RPC) && Ports.isFree(GATEWAY)) {
      return KuboPorts.loopback(RPC, GATEWAY, 0);
    }
    List<Integer> found = FreePorts.find(2);
    return KuboPorts.loopback(found.get(0), found.get(1), 0);
  }

  /** {@code ipfs} on the PATH. */
  public static Optional<Path> installed() {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, "ipfs").toAbsolutePath())
        .filter(Files::isExecutable)
        .findFirst();
  }

  public URI rpc() {
    return loopback(ports.rpc());
  }

  public URI gateway() {
    return loopback(ports.gateway());
  }

  private URI loopback(int port) {
    return URI.create("http://" + ports.host() + ":" + port);
  }

  /** Makes its repository, with a swarm key that nobody else has, unless it is there. */
  public void make() throws IOException {
    repository.make(ports, SwarmKey.generate(new SecureRandom()));
  }

  /** Makes what is not there, and looks whether it can be started. */
  public Program start() throws IOException, PartFailedException, InterruptedException {
    make();
    return new KuboStart(NAME, program, repository, ports, log).prepare();
  }

  /** As a part, which starts it again whenever it ends. */
  public KeptProgram part() {
    return new KeptProgram(NAME, this::start);
  }
}
