package dev.longshore.oci.registry;

import java.net.UnknownHostException;

/** A host that is not called because of its address. */
final class RefusedAddress extends UnknownHostException {
  private static final long serialVersionUID = 1;

  RefusedAddress(String message) {
    super(message);
  }
}
