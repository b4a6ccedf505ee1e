package dev.longshore.containerd.testing;

import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.testing.SavedImages;
import dev.longshore.oci.testing.StoredImage;
import dev.longshore.testing.Programs;
import dev.longshore.testing.RandomImage;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A real containerd of one test, used through {@code ctr}. Needs root. */
public final class ContainerdDaemon implements LocalStore, AutoCloseable {
  private static final int SECONDS = 60;

  /** What only Kubernetes and running containers need. */
  private static final List<String> UNUSED =
      List.of(
          "io.containerd.grpc.v1.cri",
          "io.containerd.cri.v1.images",
          "io.containerd.cri.v1.runtime",
          "io.containerd.nri.v1.nri");

  private final Path folder;
  private Process process;

  private ContainerdDaemon(Path folder) {
    this.folder = folder;
  }

  /** Starts one with everything in the folder. */
  public static ContainerdDaemon start(Path folder) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Files.writeString(
        folder.resolve("config.toml"),
        """
        version = 3
        root = "%1$s/root"
        state = "%1$s/state"
        disabled_plugins = ["%2$s"]
        [grpc]
        address = "%1$s/c.sock"
        """
            .formatted(folder, String.join("\", \"", UNUSED)));
    var daemon = new ContainerdDaemon(folder);
    daemon.start();
    return daemon;
  }

  public Path socket() {
    return folder.resolve("c.sock");
  }

  @Override
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void start() throws IOException, InterruptedException {
    Path program = Programs.find("containerd");
    var command =
        new ProcessBuilder(program.toString(), "--config", folder.resolve("config.toml").toString())
            .redirectErrorStream(true);
    command
        .environment()
        .merge(
            "PATH", program.getParent().toString(), (path, own) -> own + File.pathSeparator + path);
    process = command.start();
    var booted = new CountDownLatch(1);
    Queue<String> log = new ConcurrentLinkedQueue<>();
    Process started = process;
    Thread.ofPlatform().daemon().start(() -> follow(started, log, booted));
    if (!booted.await(SECONDS, TimeUnit.SECONDS) || !process.isAlive()) {
      process.destroyForcibly();
      throw new IOException("containerd did not start:\n" + String.join("\n", log));
    }
  }

  private static void follow(Process process, Queue<String> log, CountDownLatch booted) {
    try (var lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        log.add(line);
        if (line.contains("containerd successfully booted")) {
          booted.countDown();
        }
      }
    } catch (IOException e) {
      log.add(e.toString());
    }
    booted.countDown();
  }

  /** Has it neither run nor end until {@link #thaw}. */
  public void freeze() throws IOException, InterruptedException {
    signal("STOP");
  }

  public void thaw() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    int exit =
        new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
    if (exit != 0) {
      throw new IOException("kill -" + name + ": exit code " + exit);
    }
  }

  /** Runs ctr; its standard output. */
  public String ctr(String namespace, String... arguments)
      throws IOException, InterruptedException {
    var all = new ArrayList<>(List.of("--address", socket().toString(), "--namespace", namespace));
    all.addAll(List.of(arguments));
    return Programs.run("ctr", all.toArray(String[]::new));
  }

  @Override
  public void load(String namespace, String name, RandomImage image) throws Exception {
    int colon = name.lastIndexOf(':');
    var stored =
        new StoredImage(
            RepositoryName.parse(name.substring(0, colon)), name.substring(colon + 1), image);
    Path tar = Files.createTempFile(folder, "image", ".tar");
    Files.write(tar, SavedImages.layoutTar(List.of(stored)));
    ctr(namespace, "images", "import", "--local", "--all-platforms", "--no-unpack", tar.toString());
    Files.delete(tar);
  }

  @Override
  public void tag(String namespace, String from, String to) throws Exception {
    ctr(namespace, "images", "tag", "--local", "--force", "--skip-reference-check", from, to);
  }

  @Override
  public void delete(String namespace, String name) throws Exception {
    ctr(namespace, "images", "rm", "--sync", name);
  }

  @Override
  public void ingest(String namespace, byte[] content) throws Exception {
    Path file = Files.createTempFile(folder, "content", ".bin");
    Files.write(file, content);
    Path ctr = Programs.find("ctr");
    Process ingest =
        new ProcessBuilder(
                ctr.toString(),
                "--address",
                socket().toString(),
                "--namespace",
                namespace,
                "content",
                "ingest",
                "--expected-digest",
                Digest.of(content).toString(),
                "test-" + file.getFileName())
            .redirectInput(file.toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(ingest.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!ingest.waitFor(SECONDS, TimeUnit.SECONDS) || ingest.exitValue() != 0) {
      throw new IOException("ctr content ingest: " + output);
    }
  }

  @Override
  public void forget(String namespace, Digest content) throws Exception {
    ctr(namespace, "content", "rm", content.toString());
  }

  @Override
  public Set<String> leases(String namespace) throws Exception {
    return ctr(namespace, "leases", "ls", "-q")
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .collect(Collectors.toSet());
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
      kill();
    }
  }
}
