package dev.longshore.ipfs.testing;

import dev.longshore.ipfs.kubo.KuboAddress;
import dev.longshore.ipfs.kubo.KuboClient;
import dev.longshore.ipfs.kubo.KuboIdentity;
import dev.longshore.ipfs.kubo.KuboPorts;
import dev.longshore.ipfs.kubo.KuboSettings;
import dev.longshore.ipfs.kubo.RpcCredential;
import dev.longshore.ipfs.kubo.SwarmKey;
import dev.longshore.model.Cid;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A real Kubo of a private swarm, on free loopback ports, in a directory that the test owns. */
public final class KuboDaemon implements AutoCloseable {
  private static final int READY_SECONDS = 60;
  private static final int STOP_SECONDS = 20;

  private final String name;
  private final Path repository;
  private final KuboAddress address;
  private final Path binary;
  private Process process;

  private KuboDaemon(String name, Path repository, KuboAddress address, Path binary)
      throws IOException, InterruptedException {
    this.name = name;
    this.repository = repository;
    this.address = address;
    this.binary = binary;
    this.process = launch();
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
    List<Integer> free = freePorts(3);
    KuboPorts ports = KuboPorts.loopback(free.get(0), free.get(1), free.get(2));
    Path repository = directory.resolve(name);
    new KuboSettings(KuboIdentity.generate(), ports, "10GB", authorization)
        .writeRepository(repository, key);
    KuboAddress address =
        new KuboAddress(
            name,
            URI.create("http://127.0.0.1:" + ports.rpc()),
            URI.create("http://127.0.0.1:" + ports.gateway()),
            authorization.orElse(new RpcCredential.None()));
    return new KuboDaemon(name, repository, address, KuboBinary.find());
  }

  public KuboAddress address() {
    return address;
  }

  public KuboClient client() {
    return new KuboClient(address);
  }

  public Path repository() {
    return repository;
  }

  /** Runs the ipfs command of the same version against this node; its standard output. */
  public String ipfs(String... arguments) throws IOException, InterruptedException {
    return new String(ipfsBytes(arguments), StandardCharsets.UTF_8).strip();
  }

  /** The same for output that is no text. */
  public byte[] ipfsBytes(String... arguments) throws IOException, InterruptedException {
    Process run = command(arguments).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    byte[] output = run.getInputStream().readAllBytes();
    if (run.waitFor() != 0) {
      throw new IOException("ipfs " + List.of(arguments) + " exited with " + run.exitValue());
    }
    return output;
  }

  /** Takes a block that nothing pins out of the store. */
  public void lose(Cid cid) throws IOException, InterruptedException {
    ipfs("block", "rm", "--force", cid.toString());
  }

  /** Flips a bit of a block in the store. */
  public void corrupt(Cid cid) throws IOException {
    Path file = FlatFs.file(repository, cid);
    byte[] bytes = Files.readAllBytes(file);
    bytes[0] ^= 1;
    // A new file: those of flatfs are read-only.
    Files.delete(file);
    Files.write(file, bytes);
  }

  /** Sends a signal by number: 19 stops it where it stands, 18 lets it go on. */
  public void signal(int number) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + number, String.valueOf(process.pid())).start().waitFor();
  }

  /** Ends it as a power cut would. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Starts it again after {@link #kill}. */
  public void restart() throws IOException, InterruptedException {
    process = launch();
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
      kill();
    }
  }

  private Process launch() throws IOException, InterruptedException {
    Process daemon = command("daemon").redirectErrorStream(true).start();
    CountDownLatch ready = new CountDownLatch(1);
    Queue<String> log = new ConcurrentLinkedQueue<>();
    Thread.ofPlatform().daemon().name("kubo-" + name).start(() -> follow(daemon, log, ready));
    if (!ready.await(READY_SECONDS, TimeUnit.SECONDS) || !daemon.isAlive()) {
      daemon.destroyForcibly();
      throw new IOException("Kubo " + name + " did not start:\n" + String.join("\n", log));
    }
    return daemon;
  }

  private static void follow(Process daemon, Queue<String> log, CountDownLatch ready) {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(daemon.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        log.add(line);
        if (line.startsWith("Daemon is ready")) {
          ready.countDown();
        }
      }
    } catch (IOException e) {
      log.add(e.toString());
    }
    ready.countDown();
  }

  private ProcessBuilder command(String... arguments) {
    List<String> command = new ArrayList<>(List.of(binary.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(KuboSettings.environment(repository));
    return builder;
  }

  private static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      List<Integer> ports = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        sockets.add(socket);
        ports.add(socket.getLocalPort());
      }
      return ports;
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
  }
}
