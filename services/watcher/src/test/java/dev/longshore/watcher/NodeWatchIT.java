package dev.longshore.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.Catalog;
import dev.longshore.containerd.Containerd;
import dev.longshore.containerd.GrpcContainerd;
import dev.longshore.containerd.testing.ContainerdDaemon;
import dev.longshore.containerd.testing.LocalStore;
import dev.longshore.events.TagState;
import dev.longshore.model.Digest;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
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

  @Test
  void anImageThatWasMadeOnTheNodeIsObserved() throws Exception {
    RandomImage base = RandomImage.of(41, RandomImageOptions.small().asDocker());
    try (Catalog catalog = Catalog.inMemory(Clock.systemUTC());
        FollowedNode node = new FollowedNode(containerd(), catalog, List.of())) {
      daemon.load("build", "registry.test/base:1", base);
      daemon.ctr("build", "images", "convert", "--oci", "registry.test/base:1", "made.test/app:1");

      TagState made =
          node.await(() -> node.tag("build/made.test/app", "1").filter(t -> !t.deleted()));
      assertThat(made.digest()).isNotEqualTo(Digest.parse(base.rootDigest()));
      assertThat(made.mediaType()).startsWith("application/vnd.oci.image.");
    }
  }
}
