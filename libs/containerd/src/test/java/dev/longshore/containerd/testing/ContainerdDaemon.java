package dev.longshore.containerd.testing;

import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.testing.SavedImages;
import dev.longshore.oci.testing.StoredImage;
import dev.longshore.programs.ContainerdServer;
import dev.longshore.programs.RunningProgram;
import dev.longshore.testing.RandomImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** A real containerd of one test, used through {@code ctr}. Needs root. */
public final class ContainerdDaemon implements LocalStore, AutoCloseable {
  private final ContainerdServer containerd;
  private RunningProgram program;

  private ContainerdDaemon(ContainerdServer containerd) {
    this.containerd = containerd;
  }

  /** Starts one with everything in the folder. */
  public static ContainerdDaemon start(Path folder) throws IOException, InterruptedException {
    ContainerdDaemon daemon = new ContainerdDaemon(ContainerdServer.in(folder));
    daemon.start();
    return daemon;
  }

  public Path socket() {
    return containerd.socket();
  }

  @Override
  public void kill() throws InterruptedException {
    program.kill();
  }

  @Override
  public void start() throws IOException, InterruptedException {
    program = containerd.start();
  }

  /** Has it neither run nor end until {@link #thaw}. */
  public void freeze() throws IOException, InterruptedException {
    program.signal("STOP");
  }

  public void thaw() throws IOException, InterruptedException {
    program.signal("CONT");
  }

  /** Runs ctr; its standard output. */
  public String ctr(String namespace, String... arguments)
      throws IOException, InterruptedException {
    return containerd.ctr(namespace).run(arguments);
  }

  @Override
  public void load(String namespace, String name, RandomImage image) throws Exception {
    int colon = name.lastIndexOf(':');
    var stored =
        new StoredImage(
            RepositoryName.parse(name.substring(0, colon)), name.substring(colon + 1), image);
    Path tar = Files.createTempFile(containerd.folder(), "image", ".tar");
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
    Path file = Files.createTempFile(containerd.folder(), "content", ".bin");
    Files.write(file, content);
    containerd
        .ctr(namespace)
        .reading(file)
        .run(
            "content",
            "ingest",
            "--expected-digest",
            Digest.of(content).toString(),
            "test-" + file.getFileName());
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
  public void close() {
    program.close();
  }
}
