package dev.longshore.converter;

import dev.longshore.model.Reference;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageSource;
import dev.longshore.oci.registry.ClientSettings;
import dev.longshore.oci.registry.Registries;
import dev.longshore.oci.registry.RegistryClient;
import dev.longshore.oci.registry.RegistryConfig;
import dev.longshore.oci.registry.RegistryPusher;
import dev.longshore.oci.registry.RegistrySettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;

/** A CNCF registry on a free port of this machine. */
final class RealRegistry implements AutoCloseable {
  private final Daemon daemon;
  private final RegistryHost host;
  private final Registries registries;

  private RealRegistry(Daemon daemon, RegistryHost host) {
    this.daemon = daemon;
    this.host = host;
    this.registries = Registries.of(RegistryConfig.of(host));
  }

  static RealRegistry start(Path folder) throws IOException, InterruptedException {
    String address;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      address = "127.0.0.1:" + socket.getLocalPort();
    }
    Path settings = folder.resolve("registry.yaml");
    Files.writeString(settings, RegistrySettings.open(address, folder.resolve("data")).yaml());
    var command =
        new ProcessBuilder(Programs.path("registry").toString(), "serve", settings.toString());
    return new RealRegistry(Daemon.start(command, "listening on"), new RegistryHost(address));
  }

  RepositoryName name(String repository) {
    return new RepositoryName(host, repository);
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
  public void close() throws InterruptedException {
    daemon.close();
  }
}
