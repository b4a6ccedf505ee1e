package dev.longshore.containerd;

import dev.longshore.model.Digest;
import dev.longshore.oci.Hold;
import dev.longshore.oci.RegistryException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A containerd on this machine. Calls block, with deadlines, and may run on many threads at once; a
 * failure is of kind {@code TRANSIENT} while containerd is away or starts anew.
 */
public interface Containerd extends AutoCloseable {
  /** Name of the node in images' names. */
  String node();

  /** All namespaces that there are. */
  List<String> namespaces() throws RegistryException;

  /** All images of a namespace; none where there is no such namespace. */
  List<LocalImage> images(String namespace) throws RegistryException;

  /**
   * An image by its name.
   *
   * @param name as containerd has it, character by character
   */
  Optional<LocalImage> image(String namespace, String name) throws RegistryException;

  /** Bytes of a content; none if the namespace does not have it whole. */
  OptionalLong size(String namespace, Digest digest) throws RegistryException;

  /**
   * A content's bytes from an offset on, unchecked.
   *
   * @param offset bytes, 0 to its size
   * @throws RegistryException {@code NOT_FOUND} if there is none; reads throw it too
   */
  InputStream read(String namespace, Digest digest, long offset) throws RegistryException;

  /** Events of all namespaces; every one that happens after this returns arrives. */
  LocalEvents subscribe() throws RegistryException;

  /**
   * Keeps a content, and all that it names, from the collector.
   *
   * @param limit after which it is let go even if nobody asks for that any more
   */
  Hold lease(String namespace, Digest digest, Duration limit) throws RegistryException;

  @Override
  void close();
}
