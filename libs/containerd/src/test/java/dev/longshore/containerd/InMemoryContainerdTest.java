package dev.longshore.containerd;

import dev.longshore.containerd.testing.ContainerdConformance;
import dev.longshore.containerd.testing.InMemoryContainerd;
import dev.longshore.containerd.testing.LocalStore;
import java.time.InstantSource;

class InMemoryContainerdTest extends ContainerdConformance {
  private final InMemoryContainerd twin = new InMemoryContainerd("node-1", InstantSource.system());

  @Override
  protected Containerd containerd() {
    return twin;
  }

  @Override
  protected LocalStore store() {
    return twin;
  }

  @Override
  protected void awaitConnection() {}
}
