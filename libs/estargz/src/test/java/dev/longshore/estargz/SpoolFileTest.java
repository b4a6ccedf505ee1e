package dev.longshore.estargz;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A spool has bytes of an image, which may be forgotten while it is converted. */
class SpoolFileTest {
  @TempDir Path dir;

  @Test
  void nothingInItsFolderNamesASpoolWhileItIsOpenOrAfterAKill() throws Exception {
    Path folder = dir.resolve("spool");
    try (FileChannel spool = Spool.open(folder)) {
      spool.write(ByteBuffer.wrap("a secret".getBytes(UTF_8)), 0);
      ByteBuffer read = ByteBuffer.allocate(8);
      spool.read(read, 0);

      assertThat(read.array()).asString(UTF_8).isEqualTo("a secret");
      try (Stream<Path> files = Files.list(folder)) {
        assertThat(files).isEmpty();
      }
    }
  }
}
