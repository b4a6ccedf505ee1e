package dev.longshore.oci.registry;

import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.testing.HttpRegistry;
import dev.longshore.oci.testing.HttpRegistryOptions;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.testing.ManualClock;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.SplitMix;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A registry over HTTP with one image, and a client whose waiting is only noted. */
final class ClientFixture implements AutoCloseable {
  final RandomImage image = RandomImage.of(1);
  final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
  final List<Duration> pauses = new CopyOnWriteArrayList<>();
  final HttpRegistry server;
  final RepositoryName name;

  ClientFixture(HttpRegistryOptions options) throws IOException {
    this.server = HttpRegistry.start(new InMemoryRegistry(3), options);
    this.name = server.name("team/app");
    server.content().push(name, "v1", image);
  }

  static ClientFixture plain() throws IOException {
    return new ClientFixture(HttpRegistryOptions.plain());
  }

  ClientSettings settings() {
    return ClientSettings.defaults()
        .withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(5))
        .withTime(clock, new SplitMix(1), pauses::add);
  }

  RegistryClient client() {
    return client(RegistryCredentials.anonymous());
  }

  RegistryClient client(RegistryCredentials credentials) {
    return client(config().withCredentials(credentials));
  }

  RegistryClient client(RegistryConfig config) {
    return new RegistryClient(Registries.of(config), settings());
  }

  RegistryConfig config() {
    return RegistryConfig.of(server.host());
  }

  /** The image's last layer. */
  Descriptor layer() {
    var manifest = Manifest.parse(image.root().body(), image.root().mediaType());
    return manifest.children().getLast();
  }

  Digest root() {
    return Digest.parse(image.rootDigest());
  }

  @Override
  public void close() {
    server.close();
  }
}
