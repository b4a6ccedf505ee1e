package dev.longshore.watcher;

import dev.longshore.oci.ImageSource;
import dev.longshore.oci.RegistryHost;

/**
 * A registry whose pushes are mirrored.
 *
 * @param name its name in the configuration, which hints carry as their source
 * @param host the host that names of its images start with
 * @param images how it is read
 */
record WatchedRegistry(String name, RegistryHost host, ImageSource images) {
  /** Name under which all work on it pauses when it is away. */
  String endpoint() {
    return "registry " + host;
  }
}
