package dev.longshore.converter;

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
class ContainerdSourceIT extends ContainerdSourceScenarios {
  @TempDir Path folder;
  private ContainerdDaemon daemon;
  private GrpcContainerd client;

  @BeforeEach
  void start() throws Exception {
    daemon = ContainerdDaemon.start(folder.resolve("c"));
    client = GrpcContainerd.at(NODE, daemon.socket(), Clock.systemUTC());
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    daemon.close();
  }

  @Override
  Containerd containerd() {
    return client;
  }

  @Override
  LocalStore store() {
    return daemon;
  }
}
