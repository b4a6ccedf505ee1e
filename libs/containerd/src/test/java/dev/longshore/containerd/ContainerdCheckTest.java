package dev.longshore.containerd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.check.testing.Found;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerdCheckTest {
  @TempDir Path folder;

  @Test
  void aContainerdThatIsNotThereIsWrong() throws Exception {
    ContainerdCheck check =
        new ContainerdCheck("node-1", folder.resolve("sock"), List.of(), Clock.systemUTC());

    assertThat(Found.by(check).wrong())
        .contains("there is no such socket", "correct socket of containerd node-1");
  }
}
