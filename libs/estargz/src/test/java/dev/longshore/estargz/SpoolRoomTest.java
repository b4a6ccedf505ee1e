package dev.longshore.estargz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longshore.testing.SplitMix;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Room is promised before it is written to, and counted for all layers together. */
final class SpoolRoomTest {
  private static final long GB = 1_000_000_000;
  private static final long MB = 1_000_000;

  @TempDir Path folder;

  /** A disk of this size with so much free, besides what is left to others. */
  private record FakeDisk(AtomicLong room, long size) implements SpoolRoom.Disk {
    FakeDisk(long room, long size) {
      this(new AtomicLong(room), size);
    }

    @Override
    public long free() {
      return room.get() + SpoolRoom.RESERVE_BYTES;
    }

    @Override
    public long total() {
      return size;
    }
  }

  private SpoolRoom room(long bytes) {
    return new SpoolRoom(folder, new FakeDisk(bytes, 100 * GB));
  }

  private static SpoolException refused(LayerRoom layer, long bytes) {
    SpoolException refused = catchThrowableOfType(SpoolException.class, () -> layer.require(bytes));
    assertThat(refused).isNotNull();
    return refused;
  }

  @Test
  void layersThatHaveWrittenNothingYetDoNotAllHaveTheSameRoom() throws IOException {
    SpoolRoom shared = room(10 * GB);
    var first = new LayerRoom(shared);
    var second = new LayerRoom(shared);
    first.require(8 * GB);

    assertThat(refused(second, 8 * GB).isForEver()).isFalse();
    assertThat(refused(second, 8 * GB))
        .hasMessageContaining("%,d are left to others".formatted(8 * GB + SpoolRoom.RESERVE_BYTES));

    first.close();
    assertThatCode(() -> second.require(8 * GB)).doesNotThrowAnyException();
  }

  @Test
  void whatIsWrittenIsPromisedNoMore() throws IOException {
    var disk = new FakeDisk(10 * GB, 100 * GB);
    var shared = new SpoolRoom(folder, disk);
    var first = new LayerRoom(shared);
    first.require(8 * GB);
    write(first, disk, 7 * GB);

    assertThatCode(() -> new LayerRoom(shared).require(2 * GB)).doesNotThrowAnyException();
    assertThatCode(() -> first.require(GB)).doesNotThrowAnyException();
    assertThat(refused(new LayerRoom(shared), 5 * MB).isForEver()).isFalse();
  }

  private static void write(LayerRoom layer, FakeDisk disk, long bytes) {
    disk.room().addAndGet(-bytes);
    layer.written(bytes);
  }

  @Test
  void aDiskIsTooSmallForAllOfALayerNotForItsNextBytes() throws IOException {
    var disk = new FakeDisk(3 * GB, 4 * GB);
    var layer = new LayerRoom(new SpoolRoom(folder, disk));
    layer.require(3 * GB);
    write(layer, disk, 3 * GB);

    assertThat(refused(layer, GB).isForEver()).isTrue();
    assertThat(refused(new LayerRoom(room(MB)), GB).isForEver()).isFalse();
  }

  @Test
  void aLayerAsksForAsManyBytesAsItIsToldToHave() {
    var writer = new EstargzWriter(room(GB), 1, EstargzLimits.DEFAULT, new SharedHeap(1L << 30));
    byte[] tar = TestTar.of(TestTar.file("f", "x"));

    SpoolException refused =
        catchThrowableOfType(
            SpoolException.class,
            () -> writer.read(new ByteArrayInputStream(tar), 2 * GB, EstargzSettings.DEFAULT));

    assertThat(refused).isNotNull().hasMessageContaining("%,d bytes are needed".formatted(2 * GB));
  }

  @Test
  void aLayerThatWasReadKeepsNoPromise() throws IOException {
    SpoolRoom shared = room(GB);
    var writer = new EstargzWriter(shared, 1, EstargzLimits.DEFAULT, new SharedHeap(1L << 30));
    byte[] tar = TestTar.of(TestTar.file("f", "x"));

    try (ReadLayer _ = writer.read(new ByteArrayInputStream(tar), GB, EstargzSettings.DEFAULT)) {
      assertThatCode(() -> new LayerRoom(shared).require(GB)).doesNotThrowAnyException();
    }
  }

  /** Its text has 17 MB and more, which is mapped from a file as it is packed. */
  @Test
  void aLargeTableOfContentsWithoutRoomIsTheDisksFault() throws IOException {
    var random = new SplitMix(3);
    var tar = new TestTar();
    for (int i = 0; i < 70_000; i++) {
      tar.add(TestTar.file("a/rather/long/folder/" + random.nextInt(1 << 30) + "/" + i, "x"));
    }
    var writer =
        new EstargzWriter(room(10 * MB), 2, EstargzLimits.DEFAULT, new SharedHeap(1L << 30));

    try (ReadLayer layer =
        writer.read(new ByteArrayInputStream(tar.bytes()), 0, EstargzSettings.DEFAULT)) {
      SpoolException refused =
          catchThrowableOfType(SpoolException.class, () -> layer.write((_, _, _) -> {}));

      assertThat(refused).isNotNull().hasMessageContaining("make room");
    }
  }

  @Test
  void aDiskThatIsFullAsATableIsMappedIsToldOf() throws IOException {
    var memory = new NativeText(new LayerRoom(room(GB)), new LayerHeap(new SharedHeap(0)));
    try (Arena arena = Arena.ofShared();
        FileChannel full =
            FileChannel.open(
                Path.of("/dev/full"), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      SpoolException refused =
          catchThrowableOfType(SpoolException.class, () -> memory.map(full, arena, 1 << 20));

      assertThat(refused).isNotNull().hasMessageContaining(folder.toString());
    }
  }

  @Test
  void aFileThatCannotBeMappedIsTheDisksFault() throws IOException {
    var memory = new NativeText(new LayerRoom(room(GB)), new LayerHeap(new SharedHeap(0)));
    try (Arena arena = Arena.ofShared();
        FileChannel none =
            FileChannel.open(
                Path.of("/dev/null"), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      SpoolException refused =
          catchThrowableOfType(SpoolException.class, () -> memory.map(none, arena, 1 << 20));

      assertThat(refused).isNotNull().hasMessageContaining(folder.toString());
    }
  }
}
