package dev.longshore.watcher;

import dev.longshore.model.RegistryHost;
import dev.longshore.oci.ImageSource;

/**
 * A source whose pushes are mirrored.
 *
 * @param name its name in the configuration, which hints carry as their source
 * @param host the host that names of its images start with
 * @param images how it is read
 * @param endpoint name under which all work on it pauses when it is away
 * @param polled what of it is polled
 * @param readiness whether an image that it has is whole
 */
record WatchedRegistry(
    String name,
    RegistryHost host,
    ImageSource images,
    String endpoint,
    RepositoryPatterns polled,
    Readiness readiness) {
  WatchedRegistry(String name, RegistryHost host, ImageSource images, RepositoryPatterns polled) {
    this(name, host, images, "registry " + host, polled, Readiness.ALWAYS);
  }
}
