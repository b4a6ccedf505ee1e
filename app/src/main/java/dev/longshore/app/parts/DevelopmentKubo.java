package dev.longshore.app.parts;

import dev.longshore.ipfs.kubo.KuboIdentity;
import dev.longshore.ipfs.kubo.KuboPorts;
import dev.longshore.ipfs.kubo.KuboSettings;
import dev.longshore.ipfs.kubo.SwarmKey;
import dev.longshore.runtime.service.lifecycle.Part;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** One Kubo node of the development run's private swarm. */
public final class DevelopmentKubo implements Part {
  private static final Duration START = Duration.ofSeconds(60);
  private static final int PROBE_MILLIS = 2_000;
  private final String name;
  private final KuboPorts ports;
  private final SwarmKey swarmKey;
  private final Path repository;
  private final ChildProcess process;

  public DevelopmentKubo(
      String name,
      KuboPorts ports,
      SwarmKey swarmKey,
      Path program,
      Path repository,
      Path log,
      Consumer<String> onDeath) {
    this.name = name;
    this.ports = ports;
    this.swarmKey = swarmKey;
    this.repository = repository;
    this.process =
        new ChildProcess(
            name,
            List.of(program.toString(), "daemon"),
            KuboSettings.environment(repository),
            log,
            onDeath);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void start() throws PartFailedException, InterruptedException {
    if (!Files.exists(repository.resolve("config"))) {
      try {
        new KuboSettings(KuboIdentity.generate(), ports, KuboSettings.STORAGE_MAX, Optional.empty())
            .writeRepository(repository, swarmKey);
      } catch (IOException e) {
        throw new PartFailedException(
            "the repository of %s could not be written to %s: %s"
                .formatted(name, repository, e.getMessage()),
            e);
      }
    }
    process.start(this::answers, START);
  }

  private boolean answers() throws IOException {
    URI version = URI.create("http://127.0.0.1:" + ports.rpc() + "/api/v0/version");
    HttpURLConnection call = (HttpURLConnection) version.toURL().openConnection();
    call.setConnectTimeout(PROBE_MILLIS);
    call.setReadTimeout(PROBE_MILLIS);
    call.setRequestMethod("POST");
    try {
      return call.getResponseCode() == HttpURLConnection.HTTP_OK;
    } finally {
      call.disconnect();
    }
  }

  @Override
  public void stop(Duration drain) throws InterruptedException {
    process.stop(drain);
  }
}
