package dev.longshore.app.deploy;

import dev.longshore.programs.Command;
import dev.longshore.programs.Tools;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.testcontainers.DockerClientFactory;

/**
 * The Docker of {@code DOCKER_HOST}; where none is named, one of its own ({@code
 * deploy/tools/dockerd}), which ends with this JVM at the latest.
 */
final class Docker implements AutoCloseable {
  private static final String HOST = "DOCKER_HOST";

  /** A first start installs Debian's packages and builds Docker's compose. */
  private static final int START_SECONDS = 900;

  private static final int END_SECONDS = 60;

  private final Process process;

  /** What {@code docker} wants to know. */
  private final Map<String, String> environment;

  private Docker(Process process, Map<String, String> environment) {
    this.process = process;
    this.environment = Map.copyOf(environment);
  }

  static Docker start() throws Exception {
    if (System.getenv(HOST) != null) {
      return new Docker(new ProcessBuilder("true").start(), Map.of(HOST, System.getenv(HOST)));
    }
    Path program = Path.of(System.getProperty("longshore.root"), "deploy/tools/dockerd");
    Process process =
        new ProcessBuilder(program.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader said = process.inputReader();
    Map<String, String> environment =
        CompletableFuture.supplyAsync(() -> read(said, 2)).get(START_SECONDS, TimeUnit.SECONDS);
    // What Testcontainers asks for it.
    System.setProperty(HOST, environment.get(HOST));
    return new Docker(process, environment);
  }

  private static Map<String, String> read(BufferedReader said, int lines) {
    Map<String, String> values = new HashMap<>();
    try {
      for (int i = 0; i < lines; i++) {
        String line = said.readLine();
        if (line == null) {
          throw new IOException("deploy/tools/dockerd ended; its errors are above");
        }
        int equals = line.indexOf('=');
        values.put(line.substring(0, equals), line.substring(equals + 1));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return values;
  }

  Map<String, String> environment() {
    return environment;
  }

  void load(Path image) throws IOException {
    try (InputStream bytes = Files.newInputStream(image)) {
      DockerClientFactory.instance().client().loadImageCmd(bytes).exec();
    }
  }

  /** {@code docker compose} for the files; the first one's folder is the project's. */
  Command compose(Path folder, Map<String, String> more, List<String> options)
      throws IOException, InterruptedException {
    Map<String, String> all = new HashMap<>(environment);
    all.putAll(more);
    List<String> line = new ArrayList<>(List.of("compose"));
    line.addAll(options);
    return Tools.ofProject().command("docker", line.toArray(String[]::new)).with(all).in(folder);
  }

  @Override
  public void close() throws IOException, InterruptedException {
    process.getOutputStream().close();
    if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
      process.destroy();
      throw new IOException("deploy/tools/dockerd did not end within " + END_SECONDS + " s");
    }
  }
}
