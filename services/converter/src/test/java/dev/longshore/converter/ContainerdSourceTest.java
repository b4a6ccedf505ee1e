package dev.longshore.converter;

import dev.longshore.containerd.Containerd;
import dev.longshore.containerd.testing.InMemoryContainerd;
import dev.longshore.containerd.testing.LocalStore;
import java.time.InstantSource;

class ContainerdSourceTest extends ContainerdSourceScenarios {
  private final InMemoryContainerd twin = new InMemoryContainerd(NODE, InstantSource.system());

  @Override
  Containerd containerd() {
    return twin;
  }

  @Override
  LocalStore store() {
    return twin;
  }
}
