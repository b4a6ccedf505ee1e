package dev.longshore.bench.parts;

import dev.longshore.bench.image.BigImage;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.registry.ClientSettings;
import dev.longshore.oci.registry.Registries;
import dev.longshore.oci.registry.RegistryPusher;
import dev.longshore.programs.FreePorts;
import dev.longshore.programs.Registry;
import dev.longshore.programs.RunningProgram;
import dev.longshore.programs.Tools;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** The CNCF registry on a free port of loopback. */
public final class LoopbackRegistry implements AutoCloseable {
  /** The cache of its own example's settings: else it looks at its disk for every request. */
  static final Map<String, String> CACHE =
      Map.of("REGISTRY_STORAGE_CACHE_BLOBDESCRIPTOR", "inmemory");

  private final RegistryHost host;
  private final RunningProgram program;

  private LoopbackRegistry(RegistryHost host, RunningProgram program) {
    this.host = host;
    this.program = program;
  }

  /** Starts it with its data in the folder. */
  public static LoopbackRegistry start(Tools tools, Path folder)
      throws IOException, InterruptedException {
    String address = "127.0.0.1:" + FreePorts.find();
    RunningProgram program =
        Registry.open(address, folder.resolve("data"))
            .daemon(tools.path("registry"), folder, folder.resolve("registry.log"))
            .with(CACHE)
            .start();
    return new LoopbackRegistry(new RegistryHost(address), program);
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
    program.close();
  }
}
