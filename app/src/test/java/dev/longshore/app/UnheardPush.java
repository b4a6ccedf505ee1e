package dev.longshore.app;

import dev.longshore.app.parts.DevelopmentHome;
import dev.longshore.model.Reference;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.registry.ClientSettings;
import dev.longshore.oci.registry.Registries;
import dev.longshore.oci.registry.RegistryPusher;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.oci.testing.RegistryDaemon;
import dev.longshore.programs.Registry;
import dev.longshore.testing.RandomImage;
import java.nio.file.Path;
import java.util.List;

/**
 * A push that a development run does not hear of: it goes to a second registry on the same storage,
 * which sends no notifications.
 */
final class UnheardPush {
  private UnheardPush() {}

  /**
   * Pushes.
   *
   * @param home of the run
   * @param folder for the other registry's settings
   */
  static void push(DevelopmentHome home, Path folder, RandomImage image, Reference as)
      throws Exception {
    Path storage = home.folder().resolve("registry/data");
    try (RegistryDaemon quiet =
        RegistryDaemon.start(
            folder,
            settings -> new Registry(settings.address(), storage, settings.login(), List.of()))) {
      RepositoryName to = quiet.name(as.name().repository());
      String tag = as.tag().orElseThrow().text();
      InMemoryRegistry source = new InMemoryRegistry();
      source.push(to, tag, image);
      new RegistryPusher(Registries.of(), ClientSettings.defaults())
          .push(source, Reference.tagged(to, tag), to, tag);
    }
  }
}
