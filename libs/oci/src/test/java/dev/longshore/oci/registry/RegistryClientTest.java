package dev.longshore.oci.registry;

import dev.longshore.model.RepositoryName;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.oci.testing.HttpRegistry;
import dev.longshore.oci.testing.HttpRegistryOptions;
import dev.longshore.oci.testing.ImageSourceConformance;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.oci.testing.StoredImage;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The client passes what its twin passes, over the twin's HTTP face with small pages. */
final class RegistryClientTest extends ImageSourceConformance {
  private HttpRegistry server;

  @BeforeEach
  void start() throws IOException {
    server = HttpRegistry.start(new InMemoryRegistry(3), HttpRegistryOptions.plain());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Override
  protected RepositoryName name() {
    return server.name("team/app");
  }

  @Override
  protected ImageSource holding(List<StoredImage> images) {
    images.forEach(i -> server.content().push(i.name(), i.tag(), i.image()));
    return new RegistryClient(Registries.of(), ClientSettings.defaults());
  }
}
