package dev.longshore.containerd;

import dev.longshore.oci.RegistryException;
import java.time.Duration;
import java.util.Optional;

/** Events of a containerd, in order. After their end, changes must be looked up. */
public interface LocalEvents extends AutoCloseable {
  /**
   * The next event; empty if none came in that time.
   *
   * @throws RegistryException when the stream has ended: containerd stopped or is away
   */
  Optional<LocalEvent> next(Duration wait) throws RegistryException;

  @Override
  void close();
}
