package dev.longshore.oci.testing;

import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.registry.RegistrySettings;
import dev.longshore.testing.Programs;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** The real CNCF registry as a child process, on a free port of the loopback interface. */
public final class RegistryDaemon implements AutoCloseable {
  private static final int START_SECONDS = 20;
  private static final int STOP_SECONDS = 5;
  private static final int POLL_MILLIS = 20;
  private static final Pattern REQUEST = Pattern.compile("\"[A-Z]+ /v2/[^ ]* HTTP/");

  private final Process process;
  private final int port;
  private final Path log;

  private RegistryDaemon(Process process, int port, Path log) {
    this.process = process;
    this.port = port;
    this.log = log;
  }

  /** A registry without login that keeps its data, settings and log in this folder. */
  public static RegistryDaemon start(Path folder) throws IOException, InterruptedException {
    return start(folder, settings -> settings);
  }

  public static RegistryDaemon start(Path folder, UnaryOperator<RegistrySettings> change)
      throws IOException, InterruptedException {
    return start(folder, freePort(), change);
  }

  /** On a port that was chosen before, so that a registry comes back where it was. */
  public static RegistryDaemon start(Path folder, int port, UnaryOperator<RegistrySettings> change)
      throws IOException, InterruptedException {
    return start(folder, port, change, yaml -> yaml);
  }

  /**
   * With settings that only somebody else would write.
   *
   * @param edit makes the file's text another
   */
  public static RegistryDaemon start(
      Path folder, int port, UnaryOperator<RegistrySettings> change, UnaryOperator<String> edit)
      throws IOException, InterruptedException {
    Path data = Files.createDirectories(folder.resolve("data"));
    RegistrySettings settings = change.apply(RegistrySettings.open("127.0.0.1:" + port, data));
    Path file = Files.writeString(folder.resolve("registry.yaml"), edit.apply(settings.yaml()));
    Path log = folder.resolve("registry.log");
    var builder =
        new ProcessBuilder(Programs.find("registry").toString(), "serve", file.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().put("OTEL_TRACES_EXPORTER", "none");
    builder.environment().put("REGISTRY_LOG_ACCESSLOG_DISABLED", "false");
    var daemon = new RegistryDaemon(builder.start(), port, log);
    Runtime.getRuntime().addShutdownHook(new Thread(daemon.process::destroy));
    try {
      daemon.awaitAnswer();
      return daemon;
    } catch (IOException e) {
      daemon.close();
      throw e;
    }
  }

  /** A port that was free a moment ago. */
  public static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
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
    return Files.readString(log);
  }

  /** The requests that it answered, each a line with method, path, status and client. */
  public List<String> requests() throws IOException {
    return log().lines().filter(line -> REQUEST.matcher(line).find()).toList();
  }

  /** Ends it as a power cut would. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
      kill();
    }
  }

  private void awaitAnswer() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (!answers()) {
      boolean ended = process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS);
      if (ended || System.nanoTime() > deadline) {
        throw new IOException(
            "the registry %s on port %d: %s"
                .formatted(ended ? "ended" : "did not answer", port, log()));
      }
    }
  }

  private boolean answers() {
    try {
      var connection =
          (HttpURLConnection)
              URI.create("http://127.0.0.1:" + port + "/v2/").toURL().openConnection();
      connection.setConnectTimeout(1_000);
      connection.setReadTimeout(1_000);
      int status = connection.getResponseCode();
      connection.disconnect();
      return status == 200 || status == 401;
    } catch (IOException e) {
      return false;
    }
  }
}
