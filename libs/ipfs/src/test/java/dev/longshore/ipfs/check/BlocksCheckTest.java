package dev.longshore.ipfs.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.check.testing.Found;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlocksCheckTest {
  @TempDir Path folder;

  @Test
  void blocksThatCannotBeReadAreAWarning() throws Exception {
    assertThat(Found.by(new BlocksCheck(folder)).warnings())
        .contains("kubo-repository", "the gateway meanwhile");
  }
}
