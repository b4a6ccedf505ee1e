package dev.longshore.watcher;

import dev.longshore.containerd.Containerd;
import dev.longshore.containerd.GrpcContainerd;
import dev.longshore.containerd.testing.ContainerdDaemon;
import dev.longshore.containerd.testing.LocalStore;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class NodeWatchIT extends NodeWatchScenarios {
  @TempDir Path folder;
  private ContainerdDaemon daemon;

  @BeforeEach
  void start() throws Exception {
    daemon = ContainerdDaemon.start(folder.resolve("c"));
  }

  @AfterEach
  void stop() throws Exception {
    daemon.close();
  }

  @Override
  Containerd containerd() {
    return GrpcContainerd.at(FollowedNode.NODE, daemon.socket(), Clock.systemUTC());
  }

  @Override
  LocalStore store() {
    return daemon;
  }
}
