package dev.longshore.app.parts;

import dev.longshore.oci.registry.RegistrySettings;
import dev.longshore.runtime.service.lifecycle.Part;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The CNCF registry, which tells the watcher of every push. */
public final class DevelopmentRegistry implements Part {
  private static final Duration START = Duration.ofSeconds(30);
  private static final int PROBE_MILLIS = 2_000;
  private final RegistrySettings settings;
  private final Path folder;
  private final ChildProcess process;

  public DevelopmentRegistry(
      RegistrySettings settings, Path program, Path folder, Path log, Consumer<String> onDeath) {
    this.settings = settings;
    this.folder = folder;
    this.process =
        new ChildProcess(
            name(),
            List.of(program.toString(), "serve", configFile().toString()),
            Map.of("OTEL_TRACES_EXPORTER", "none"),
            log,
            onDeath);
  }

  @Override
  public String name() {
    return "registry";
  }

  private Path configFile() {
    return folder.resolve("config.yml");
  }

  @Override
  public void start() throws PartFailedException, InterruptedException {
    try {
      Files.createDirectories(folder);
      Files.deleteIfExists(configFile());
      // It holds the token that the watcher asks for.
      Files.createFile(
          configFile(),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(configFile(), settings.yaml());
    } catch (IOException e) {
      throw new PartFailedException(
          "the registry's settings could not be written to %s: %s"
              .formatted(configFile(), e.getMessage()),
          e);
    }
    process.start(this::answers, START);
  }

  private boolean answers() throws IOException {
    URI root = URI.create("http://" + settings.address() + "/v2/");
    HttpURLConnection call = (HttpURLConnection) root.toURL().openConnection();
    call.setConnectTimeout(PROBE_MILLIS);
    call.setReadTimeout(PROBE_MILLIS);
    try {
      return call.getResponseCode() > 0;
    } finally {
      call.disconnect();
    }
  }

  @Override
  public void stop(Duration drain) throws InterruptedException {
    process.stop(drain);
  }
}
