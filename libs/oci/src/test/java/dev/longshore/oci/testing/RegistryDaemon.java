package dev.longshore.oci.testing;

import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.programs.FreePorts;
import dev.longshore.programs.Program;
import dev.longshore.programs.Registry;
import dev.longshore.programs.RunningProgram;
import dev.longshore.programs.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** The real CNCF registry, on a free port of the loopback interface. */
public final class RegistryDaemon implements AutoCloseable {
  private static final Pattern REQUEST = Pattern.compile("\"[A-Z]+ /v2/[^ ]* HTTP/");

  private final RunningProgram program;
  private final int port;

  private RegistryDaemon(RunningProgram program, int port) {
    this.program = program;
    this.port = port;
  }

  /** A registry without login that keeps its data, settings and log in this folder. */
  public static RegistryDaemon start(Path folder) throws IOException, InterruptedException {
    return start(folder, settings -> settings);
  }

  public static RegistryDaemon start(Path folder, UnaryOperator<Registry> change)
      throws IOException, InterruptedException {
    return start(folder, FreePorts.find(), change);
  }

  /** On a port that was chosen before, so that a registry comes back where it was. */
  public static RegistryDaemon start(Path folder, int port, UnaryOperator<Registry> change)
      throws IOException, InterruptedException {
    return start(folder, port, change, yaml -> yaml);
  }

  /**
   * With settings that only somebody else would write.
   *
   * @param edit makes the file's text another
   */
  public static RegistryDaemon start(
      Path folder, int port, UnaryOperator<Registry> change, UnaryOperator<String> edit)
      throws IOException, InterruptedException {
    Path data = Files.createDirectories(folder.resolve("data"));
    Program daemon =
        change
            .apply(Registry.open("127.0.0.1:" + port, data))
            .daemon(Tools.ofProject().path("registry"), folder, folder.resolve("registry.log"))
            .with(Map.of("REGISTRY_LOG_ACCESSLOG_DISABLED", "false"));
    Path file = folder.resolve("config.yml");
    Files.writeString(file, edit.apply(Files.readString(file)));
    return new RegistryDaemon(daemon.start(), port);
  }

  /** {@code 127.0.0.1:port}. */
  public RegistryHost host() {
    return new RegistryHost("127.0.0.1:" + port);
  }

  public RepositoryName name(String repository) {
    return new RepositoryName(host(), repository);
  }

  public int port() {
    return port;
  }

  /** What the registry wrote. */
  public String log() throws IOException {
    return Files.readString(program.log());
  }

  /** The requests that it answered, each a line with method, path, status and client. */
  public List<String> requests() throws IOException {
    return log().lines().filter(line -> REQUEST.matcher(line).find()).toList();
  }

  /** Ends it as a power cut would. */
  public void kill() throws InterruptedException {
    program.kill();
  }

  @Override
  public void close() {
    program.close();
  }
}
