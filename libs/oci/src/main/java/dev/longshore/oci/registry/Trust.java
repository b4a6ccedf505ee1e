package dev.longshore.oci.registry;

import java.io.IOException;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/** Trusted authorities and the client certificate for a registry; read for each connection. */
@FunctionalInterface
public interface Trust {
  /**
   * What makes connections; empty for the Java runtime's own.
   *
   * @throws IOException when it cannot be read: nothing else is believed instead
   */
  Optional<SSLContext> context() throws IOException;
}
