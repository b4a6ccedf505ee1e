package dev.longshore.estargz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResidenceTest {
  private static final int BYTES = 64 << 20;
  private static final long LIMIT_SECONDS = 20;

  @TempDir(factory = DiskFolder.class)
  Path folder;

  @Test
  void pagesOfAMapAreGivenBackAndKeepTheirBytes() throws Exception {
    try (Arena arena = Arena.ofShared();
        FileChannel file = Spool.open(folder)) {
      MemorySegment map = file.map(FileChannel.MapMode.READ_WRITE, 0, BYTES, arena);
      map.fill((byte) 7);
      long resident = residentOfFiles();

      var released = new CountDownLatch(1);
      try (var _ = new Residence(released::countDown, map)) {
        assertThat(released.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
      }
      assertThat(residentOfFiles()).isLessThan(resident - BYTES / 2);

      assertThat(map.get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 7);
      assertThat(map.get(ValueLayout.JAVA_BYTE, BYTES - 1)).isEqualTo((byte) 7);
    }
  }

  @Test
  void otherMemoryIsLeftAsItIs() {
    try (Arena arena = Arena.ofShared()) {
      MemorySegment memory = arena.allocate(1 << 10).fill((byte) 7);

      new Residence(memory).close();

      assertThat(memory.get(ValueLayout.JAVA_BYTE, 1)).isEqualTo((byte) 7);
    }
  }

  /** Bytes of maps of files that this process has in memory. */
  private static long residentOfFiles() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("RssFile:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
        .sum();
  }
}
