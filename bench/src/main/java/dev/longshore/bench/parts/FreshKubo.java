package dev.longshore.bench.parts;

import dev.longshore.app.KuboNodes;
import dev.longshore.ipfs.kubo.KuboIdentity;
import dev.longshore.ipfs.kubo.KuboPorts;
import dev.longshore.ipfs.kubo.KuboSettings;
import dev.longshore.ipfs.kubo.SwarmKey;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.programs.FreePorts;
import dev.longshore.programs.Kubo;
import dev.longshore.programs.RunningProgram;
import dev.longshore.programs.Tools;
import dev.longshore.runtime.config.PeerSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** A Kubo node that has nothing yet, with the settings of a development run. */
public final class FreshKubo implements AutoCloseable {
  private static final String NAME = "kubo";
  private static final AtomicInteger STARTED = new AtomicInteger();
  private final Path repository;
  private final KuboPorts ports;
  private final Tools tools;
  private final KuboIdentity identity = KuboIdentity.generate();
  private final SwarmKey key;
  private final boolean stays;
  private RunningProgram node;

  private FreshKubo(Tools tools, Path repository, SwarmKey key, boolean stays)
      throws IOException, InterruptedException {
    List<Integer> free = FreePorts.find(3);
    this.tools = tools;
    this.repository = repository;
    this.ports = KuboPorts.loopback(free.get(0), free.get(1), free.get(2));
    this.key = key;
    this.stays = stays;
    this.node = run();
  }

  private RunningProgram run() throws IOException, InterruptedException {
    Path log = repository.resolveSibling(repository.getFileName() + ".log");
    new KuboSettings(identity, ports, KuboSettings.STORAGE_MAX, Optional.empty())
        .writeRepository(repository, key);
    return new Kubo(tools.path("ipfs"), repository).daemon(NAME, log).start();
  }

  /**
   * Starts it.
   *
   * @param folder becomes its repository, with the log beside it, and is gone when it is closed
   */
  public static FreshKubo start(Tools tools, Path folder) throws IOException, InterruptedException {
    return start(tools, folder, SwarmKey.generate(new SecureRandom()));
  }

  /** Starts one of the swarm that has this key. */
  public static FreshKubo start(Tools tools, Path folder, SwarmKey key)
      throws IOException, InterruptedException {
    Folders.remove(folder);
    return start(tools, folder, key, false);
  }

  /**
   * Starts one whose files stay until the benchmarks end. Before ext4 gives out an inode it looks
   * at those that were freed within the last minute: thousands of blocks that one round removes
   * slow down the next.
   *
   * @param place its repository is beside it, named after it
   */
  public static FreshKubo startLasting(Tools tools, Path place, SwarmKey key)
      throws IOException, InterruptedException {
    String name = place.getFileName() + "-" + STARTED.incrementAndGet();
    return start(tools, place.resolveSibling(name), key, true);
  }

  private static FreshKubo start(Tools tools, Path folder, SwarmKey key, boolean stays)
      throws IOException, InterruptedException {
    return new FreshKubo(tools, folder, key, stays);
  }

  /** Ends it. */
  public void leave() {
    node.close();
  }

  /** Starts it anew, after it was ended, as the same peer with nothing in its repository. */
  public void returnEmpty() throws IOException, InterruptedException {
    Folders.remove(repository);
    node = run();
  }

  /** Its entry in Longshore's settings. */
  public PeerSettings settings() {
    return settings(ports.rpc());
  }

  /** The same, its RPC behind a port of this machine that leads there. */
  public PeerSettings settings(int rpcPort) {
    return new PeerSettings(
        NAME, "bench", address(rpcPort), address(ports.gateway()), List.of(), null, true, false);
  }

  public IpfsNode client() {
    return KuboNodes.open(settings());
  }

  /** Where it listens. */
  public KuboPorts ports() {
    return ports;
  }

  /** What lets {@code ipfs} and nerdctl find the node. */
  public Map<String, String> environment() {
    return Kubo.environment(repository);
  }

  private static URI address(int port) {
    return URI.create("http://127.0.0.1:" + port);
  }

  @Override
  public void close() throws IOException {
    node.close();
    if (!stays) {
      Folders.remove(repository);
    }
  }
}
