package dev.longshore.converter;

import dev.longshore.model.Reference;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.registry.ClientSettings;
import dev.longshore.oci.registry.Registries;
import dev.longshore.oci.registry.RegistryClient;
import dev.longshore.oci.registry.RegistryConfig;
import dev.longshore.oci.registry.RegistryPusher;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.oci.testing.RegistryDaemon;
import java.io.IOException;
import java.nio.file.Path;

/** A CNCF registry on a free port of this machine. */
final class RealRegistry implements AutoCloseable {
  private final RegistryDaemon daemon;
  private final Registries registries;

  private RealRegistry(RegistryDaemon daemon) {
    this.daemon = daemon;
    this.registries = Registries.of(RegistryConfig.of(daemon.host()));
  }

  static RealRegistry start(Path folder) throws IOException, InterruptedException {
    return new RealRegistry(RegistryDaemon.start(folder));
  }

  RepositoryName name(String repository) {
    return daemon.name(repository);
  }

  ImageSource images() {
    return new RegistryClient(registries);
  }

  /** Copies an image from the source under the same repository and tag. */
  Descriptor push(ImageSource source, RepositoryName from, String tag) throws IOException {
    return new RegistryPusher(registries, ClientSettings.defaults())
        .push(source, Reference.tagged(from, tag), name(from.repository()), tag);
  }

  @Override
  public void close() {
    daemon.close();
  }
}
