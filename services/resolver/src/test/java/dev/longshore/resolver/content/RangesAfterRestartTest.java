package dev.longshore.resolver.content;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.resolver.testing.CountingMeter;
import dev.longshore.testing.ManualClock;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A blob in the cache of an earlier run, which nobody has hashed since. */
@Timeout(60)
class RangesAfterRestartTest {
  private static final int LEAF = 262_144;
  private static final int SIZE = 16 * LEAF;
  private static final int CLIENTS = 32;

  private final ManualClock clock = new ManualClock(Instant.parse("2026-03-01T10:00:00Z"));
  private final InMemoryIpfsNode own = new InMemorySwarm().node("own");
  private final CountingMeter meter = new CountingMeter();
  private final byte[] bytes = new byte[SIZE];
  private LocatedContent content;
  private VerifiedContents contents;
  @TempDir Path folder;

  @BeforeEach
  void restart() throws Exception {
    new Random(1).nextBytes(bytes);
    Cid[] cid = new Cid[1];
    own.importCar(
        sink -> cid[0] = UnixFsFileBuilder.build(bytes, sink).cid(),
        Deadline.after(Duration.ofMinutes(1)));
    content = new LocatedContent(Digest.of(bytes), SIZE, "x", cid[0], List.of());
    try (VerifiedContents earlier = contents();
        InputStream whole = earlier.whole(content, "a caller")) {
      assertThat(whole.readAllBytes()).isEqualTo(bytes);
    }
    contents = contents();
  }

  @AfterEach
  void close() {
    contents.close();
  }

  @Test
  void manyRangesHashTheBlobOnceAndComeFromItsBlocksMeanwhile() throws Exception {
    CountDownLatch hashing = meter.holdChecks();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<byte[]>> ranges = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        long offset = i * 100_000L;
        ranges.add(clients.submit(() -> read(offset, 70_000)));
      }
      try {
        for (int i = 0; i < CLIENTS; i++) {
          assertThat(ranges.get(i).get(10, TimeUnit.SECONDS))
              .isEqualTo(Arrays.copyOfRange(bytes, i * 100_000, i * 100_000 + 70_000));
        }
        assertThat(contents.file(content)).as("none of it is known to be right yet").isEmpty();
      } finally {
        hashing.countDown();
      }
    }
    awaitFile();
    own.trouble().goDown();

    assertThat(read(LEAF - 1, 3)).isEqualTo(Arrays.copyOfRange(bytes, LEAF - 1, LEAF + 2));
    assertThat(meter.checkedBytes()).isEqualTo(SIZE);
  }

  @Test
  void rangesThatTheNodeCannotGiveWaitForTheOneHashing() throws Exception {
    own.trouble().goDown();
    CountDownLatch hashing = meter.holdChecks();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<byte[]>> ranges = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        ranges.add(clients.submit(() -> read(LEAF, 3)));
      }
      hashing.countDown();
      for (Future<byte[]> range : ranges) {
        assertThat(range.get(10, TimeUnit.SECONDS))
            .isEqualTo(Arrays.copyOfRange(bytes, LEAF, LEAF + 3));
      }
    }
    assertThat(meter.checkedBytes()).isEqualTo(SIZE);
  }

  @Test
  void rangeGoesOnFromTheFileWhereABlockIsMissing() throws Exception {
    byte[] second = Arrays.copyOfRange(bytes, LEAF, 2 * LEAF);
    own.lose(Cid.raw(HexFormat.of().parseHex(Digest.of(second).hex())));

    assertThat(read(LEAF - 10, 20)).isEqualTo(Arrays.copyOfRange(bytes, LEAF - 10, LEAF + 10));
  }

  @Test
  void rottenFileIsHashedOnce() throws Exception {
    Path file = folder.resolve("sha256").resolve(content.digest().hex());
    byte[] rotten = bytes.clone();
    rotten[SIZE - 1] ^= 1;
    Files.write(file, rotten);

    assertThat(read(3, 5)).isEqualTo(Arrays.copyOfRange(bytes, 3, 8));
    while (Files.exists(file)) {
      Thread.onSpinWait();
    }
    assertThat(read(3, 5)).isEqualTo(Arrays.copyOfRange(bytes, 3, 8));
    assertThat(meter.checkedBytes()).isEqualTo(SIZE);
  }

  @Test
  void closingEndsTheHashingAndThoseWhoWaitForIt() throws Exception {
    own.trouble().goDown();
    meter.holdChecks();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<byte[]> range = clients.submit(() -> read(LEAF, 3));
      meter.awaitChecked(SIZE);

      contents.close();

      assertThat(range).failsWithin(Duration.ofSeconds(10));
    }
  }

  private byte[] read(long offset, int length) throws Exception {
    try (InputStream range = contents.range(content, offset, length, "a caller")) {
      return range.readAllBytes();
    }
  }

  /** The file is given out as it is soon after it was hashed. */
  private void awaitFile() throws Exception {
    Optional<FileChannel> file = contents.file(content);
    while (file.isEmpty()) {
      Thread.onSpinWait();
      file = contents.file(content);
    }
    file.get().close();
  }

  private VerifiedContents contents() throws IOException {
    return new VerifiedContents(
        own, new BlobCache(folder, 64 << 20, clock), 16, Duration.ofSeconds(20), meter, clock);
  }
}
