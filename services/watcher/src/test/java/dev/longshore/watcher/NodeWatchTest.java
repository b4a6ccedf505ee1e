package dev.longshore.watcher;

import dev.longshore.containerd.Containerd;
import dev.longshore.containerd.testing.InMemoryContainerd;
import dev.longshore.containerd.testing.LocalStore;
import java.time.InstantSource;

class NodeWatchTest extends NodeWatchScenarios {
  private final InMemoryContainerd twin =
      new InMemoryContainerd(FollowedNode.NODE, InstantSource.system());

  @Override
  Containerd containerd() {
    twin.start();
    return twin;
  }

  @Override
  LocalStore store() {
    return twin;
  }
}
