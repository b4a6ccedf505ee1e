package dev.longshore.converter.estargz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResidenceTest {
  private static final int BYTES = 64 << 20;
  private static final long LIMIT_SECONDS = 20;

  @TempDir Path folder;

  @Test
  void pagesOfAMapAreGivenBackAndKeepTheirBytes() throws IOException {
    try (Arena arena = Arena.ofShared();
        FileChannel file = Spool.open(folder)) {
      MemorySegment map = file.map(FileChannel.MapMode.READ_WRITE, 0, BYTES, arena);
      map.fill((byte) 7);
      long resident = residentOfFiles();

      try (var _ = new Residence(map)) {
        awaitLessThan(resident - BYTES / 2);
      }

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

  private static void awaitLessThan(long bytes) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (residentOfFiles() > bytes) {
      assertThat(System.nanoTime()).as("pages are not given back").isLessThan(end);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
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
