package dev.longshore.estargz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolExceptionTest {
  @TempDir(factory = DiskFolder.class)
  Path folder;

  @Test
  void aDiskWithoutRoomNowIsToldFromOneThatIsTooSmall() throws IOException {
    long free = Files.getFileStore(folder).getUsableSpace();

    SpoolException full = refused(free);
    SpoolException small = refused(Files.getFileStore(folder).getTotalSpace());

    assertThat(full.isForEver()).isFalse();
    assertThat(full.folder()).isEqualTo(folder);
    assertThat(full.needed()).isEqualTo(free);
    assertThat(full.free()).isPositive();
    assertThat(full)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining("%,d bytes are needed".formatted(free))
        .hasMessageContaining("make room");
    assertThat(small.isForEver()).isTrue();
    assertThat(small).hasMessageContaining("too small");
  }

  private SpoolException refused(long bytes) {
    SpoolException refused =
        catchThrowableOfType(
            SpoolException.class, () -> new LayerRoom(new SpoolRoom(folder)).require(bytes));
    assertThat(refused).isNotNull();
    return refused;
  }

  @Test
  void aLayerThatStaysInMemoryAsksForNoDisk() throws IOException {
    Path none = Files.createFile(folder.resolve("file")).resolve("spool");
    var writer = new EstargzWriter(none, 1, EstargzLimits.DEFAULT);
    byte[] tar = TestTar.of(TestTar.file("f", new byte[] {1, 2, 3}));

    assertThatCode(() -> read(writer, tar, 16 << 20)).doesNotThrowAnyException();
    assertThatThrownBy(() -> read(writer, tar, (16 << 20) + 1)).isInstanceOf(SpoolException.class);
  }

  private static void read(EstargzWriter writer, byte[] tar, long bytes) throws IOException {
    writer.read(new ByteArrayInputStream(tar), bytes, EstargzSettings.DEFAULT).close();
  }

  @Test
  void aSpoolThatFailsOnAWorkersThreadKeepsItsKind() throws IOException {
    Path none = Files.createFile(folder.resolve("file")).resolve("spool");
    // Room for a page of headers, none for contents.
    var writer = new EstargzWriter(none, 2, EstargzLimits.DEFAULT, new SharedHeap(256 << 10));
    byte[] tar = TestTar.of(TestTar.file("f", new byte[] {1, 2, 3}));

    assertThatThrownBy(
            () ->
                writer.write(
                    new ByteArrayInputStream(tar), EstargzSettings.DEFAULT, (_, _, _) -> {}))
        .isInstanceOf(SpoolException.class)
        .hasMessageContaining(none.toString());
  }
}
