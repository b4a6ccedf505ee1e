package dev.longshore.containerd;

import dev.longshore.model.Digest;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.source.Hold;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A containerd on this machine. Calls block, with deadlines, and are thread-safe; a failure is of
 * kind {@code TRANSIENT} while containerd is away or restarting.
 */
public interface Containerd extends AutoCloseable {
  /** The node's name in images' names. */
  String node();

  /** All existing namespaces. */
  List<String> namespaces() throws RegistryException;

  /** All images of a namespace; empty if there is no such namespace. */
  List<LocalImage> images(String namespace) throws RegistryException;

  /**
   * An image by its name.
   *
   * @param name exactly as containerd has it
   */
  Optional<LocalImage> image(String namespace, String name) throws RegistryException;

  /** Size of a content in bytes; empty if the namespace does not have it completely. */
  OptionalLong size(String namespace, Digest digest) throws RegistryException;

  /**
   * A content's bytes from an offset on, unchecked.
   *
   * @param offset bytes, 0 to its size
   * @throws RegistryException {@code NOT_FOUND} if there is none; reads throw it too
   */
  InputStream read(String namespace, Digest digest, long offset) throws RegistryException;

  /** Events of all namespaces, complete from the return of this call on. */
  LocalEvents subscribe() throws RegistryException;

  /**
   * Protects a content, and everything it references, from garbage collection.
   *
   * @param limit time after which the protection expires by itself
   */
  Hold lease(String namespace, Digest digest, Duration limit) throws RegistryException;

  @Override
  void close();
}
