package dev.longshore.ipfs.testing;

import dev.longshore.ipfs.kubo.KuboAddress;
import dev.longshore.ipfs.kubo.KuboClient;
import dev.longshore.ipfs.kubo.KuboIdentity;
import dev.longshore.ipfs.kubo.KuboPorts;
import dev.longshore.ipfs.kubo.KuboSettings;
import dev.longshore.ipfs.kubo.RpcCredential;
import dev.longshore.ipfs.kubo.SwarmKey;
import dev.longshore.model.Cid;
import dev.longshore.programs.FreePorts;
import dev.longshore.programs.Kubo;
import dev.longshore.programs.RunningProgram;
import dev.longshore.programs.Tools;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A real Kubo of a private swarm, on free loopback ports, in a directory that the test owns. */
public final class KuboDaemon implements AutoCloseable {
  private final Kubo kubo;
  private final KuboAddress address;
  private final KuboPorts ports;
  private final SwarmKey key;
  private final Optional<RpcCredential> authorization;
  private KuboIdentity identity = KuboIdentity.generate();
  private RunningProgram daemon;

  private KuboDaemon(
      Path repository,
      KuboAddress address,
      KuboPorts ports,
      SwarmKey key,
      Optional<RpcCredential> authorization)
      throws IOException, InterruptedException {
    this.kubo = new Kubo(Tools.ofProject().path("ipfs"), repository);
    this.address = address;
    this.ports = ports;
    this.key = key;
    this.authorization = authorization;
    writeRepository();
    restart();
  }

  private void writeRepository() throws IOException {
    new KuboSettings(identity, ports, "10GB", authorization).writeRepository(repository(), key);
  }

  /** Starts a new node that needs no credential. */
  public static KuboDaemon start(String name, Path directory, SwarmKey key)
      throws IOException, InterruptedException {
    return start(name, directory, key, Optional.empty());
  }

  /** Starts a new node; returns when it answers. */
  public static KuboDaemon start(
      String name, Path directory, SwarmKey key, Optional<RpcCredential> authorization)
      throws IOException, InterruptedException {
    List<Integer> free = FreePorts.find(3);
    KuboPorts ports = KuboPorts.loopback(free.get(0), free.get(1), free.get(2));
    KuboAddress address =
        new KuboAddress(
            name,
            loopback(ports.rpc()),
            loopback(ports.gateway()),
            authorization.orElse(new RpcCredential.None()));
    return new KuboDaemon(directory.resolve(name), address, ports, key, authorization);
  }

  public URI rpc() {
    return loopback(ports.rpc());
  }

  public URI gateway() {
    return loopback(ports.gateway());
  }

  private static URI loopback(int port) {
    return URI.create("http://127.0.0.1:" + port);
  }

  public KuboAddress address() {
    return address;
  }

  public KuboClient client() {
    return new KuboClient(address);
  }

  public Path repository() {
    return kubo.repository();
  }

  /** Runs the ipfs command of the same version against this node; its standard output. */
  public String ipfs(String... arguments) throws IOException, InterruptedException {
    return kubo.ipfs().run(arguments).strip();
  }

  /** The same for output that is no text. */
  public byte[] ipfsBytes(String... arguments) throws IOException, InterruptedException {
    Path output = Files.createTempFile("ipfs", null);
    try {
      kubo.ipfs().runTo(output, arguments);
      return Files.readAllBytes(output);
    } finally {
      Files.delete(output);
    }
  }

  /** Takes a block that nothing pins out of the store. */
  public void lose(Cid cid) throws IOException, InterruptedException {
    ipfs("block", "rm", "--force", cid.toString());
  }

  /** Flips a bit of a block in the store. */
  public void corrupt(Cid cid) throws IOException {
    Path file = FlatFs.file(repository(), cid);
    byte[] bytes = Files.readAllBytes(file);
    bytes[0] ^= 1;
    // A new file: those of flatfs are read-only.
    Files.delete(file);
    Files.write(file, bytes);
  }

  /** Sends a signal: {@code STOP} holds it where it is, {@code CONT} lets it go on. */
  public void signal(String name) throws IOException, InterruptedException {
    daemon.signal(name);
  }

  /** Ends it as a power cut would. */
  public void kill() throws InterruptedException {
    daemon.kill();
  }

  /** Starts it again after {@link #kill}. */
  public void restart() throws IOException, InterruptedException {
    Path log = repository().resolveSibling(address.name() + ".log");
    daemon = kubo.daemon(address.name(), log).start();
  }

  /** Starts it after {@link #kill} with nothing of what it had, as after the loss of its disk. */
  public void restartEmpty() throws IOException, InterruptedException {
    try (Stream<Path> files = Files.list(repository())) {
      for (Path file : files.toList()) {
        delete(file);
      }
    }
    writeRepository();
    restart();
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** The same as another node: its address is another one, too. */
  public void restartEmptyAsAnother() throws IOException, InterruptedException {
    identity = KuboIdentity.generate();
    restartEmpty();
  }

  @Override
  public void close() {
    daemon.close();
  }
}
