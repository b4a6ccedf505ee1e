package dev.longshore.watcher;

import dev.longshore.containerd.Containerd;
import dev.longshore.containerd.LocalEvents;
import dev.longshore.containerd.LocalImage;
import dev.longshore.model.Digest;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.source.Hold;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A containerd with something that happens right before or after what the watcher asks of it. */
abstract class Interposed implements Containerd {
  private final Containerd containerd;

  Interposed(Containerd containerd) {
    this.containerd = containerd;
  }

  @Override
  public String node() {
    return containerd.node();
  }

  @Override
  public List<String> namespaces() throws RegistryException {
    return containerd.namespaces();
  }

  @Override
  public List<LocalImage> images(String namespace) throws RegistryException {
    return containerd.images(namespace);
  }

  @Override
  public Optional<LocalImage> image(String namespace, String name) throws RegistryException {
    return containerd.image(namespace, name);
  }

  @Override
  public OptionalLong size(String namespace, Digest digest) throws RegistryException {
    return containerd.size(namespace, digest);
  }

  @Override
  public InputStream read(String namespace, Digest digest, long offset) throws RegistryException {
    return containerd.read(namespace, digest, offset);
  }

  @Override
  public LocalEvents subscribe() throws RegistryException {
    return containerd.subscribe();
  }

  @Override
  public Hold lease(String namespace, Digest digest, Duration limit) throws RegistryException {
    return containerd.lease(namespace, digest, limit);
  }

  @Override
  public void close() {
    containerd.close();
  }
}
