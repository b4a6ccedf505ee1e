package dev.longshore.containerd;

import dev.longshore.oci.RegistryException;
import java.time.Duration;
import java.util.Optional;

/** Events of a containerd, in its order. What happens after they ended has to be looked up. */
public interface LocalEvents extends AutoCloseable {
  /**
   * The next event, or none in that time.
   *
   * @throws RegistryException when events have ended: containerd stopped or went away
   */
  Optional<LocalEvent> next(Duration wait) throws RegistryException;

  @Override
  void close();
}
