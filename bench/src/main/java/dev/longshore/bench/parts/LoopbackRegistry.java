package dev.longshore.bench.parts;

import dev.longshore.app.parts.DevelopmentRegistry;
import dev.longshore.app.parts.PartFailedException;
import dev.longshore.bench.image.BigImage;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.registry.ClientSettings;
import dev.longshore.oci.registry.Registries;
import dev.longshore.oci.registry.RegistryPusher;
import dev.longshore.oci.registry.RegistrySettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** The CNCF registry on a free port of loopback. */
public final class LoopbackRegistry implements AutoCloseable {
  private final RegistryHost host;
  private final DevelopmentRegistry registry;

  private LoopbackRegistry(RegistryHost host, DevelopmentRegistry registry) {
    this.host = host;
    this.registry = registry;
  }

  /** Starts it with its data in the folder. */
  public static LoopbackRegistry start(Tools tools, Path folder)
      throws IOException, PartFailedException, InterruptedException {
    String address = "127.0.0.1:" + FreePorts.find(1).getFirst();
    DevelopmentRegistry registry =
        new DevelopmentRegistry(
            RegistrySettings.open(address, folder.resolve("data")),
            tools.path("registry"),
            folder,
            folder.resolve("registry.log"),
            _ -> {});
    registry.start();
    return new LoopbackRegistry(new RegistryHost(address), registry);
  }

  public RepositoryName name(String repository) {
    return new RepositoryName(host, repository);
  }

  /** Where a blob is read. */
  public String blobUrl(RepositoryName name, Descriptor blob) {
    return "http://%s/v2/%s/blobs/%s".formatted(host.value(), name.repository(), blob.digest());
  }

  /** Pushes the image. */
  public void push(BigImage image, RepositoryName name, String tag) throws RegistryException {
    new RegistryPusher(Registries.of(), ClientSettings.defaults())
        .push(image.source(), image.reference(), name, tag);
  }

  @Override
  public void close() {
    try {
      registry.stop(Duration.ZERO);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
