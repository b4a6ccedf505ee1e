package dev.longshore.estargz;

import static dev.longshore.estargz.TestTar.dir;
import static dev.longshore.estargz.TestTar.file;
import static dev.longshore.estargz.TestTar.hardLink;
import static dev.longshore.estargz.TestTar.symlink;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.github.luben.zstd.Zstd;
import dev.longshore.estargz.EstargzException.Reason;
import dev.longshore.testing.RandomLayer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Layers that have no right answer, and sources that fail, give no leaf. */
final class RefusalTest {
  private static void refused(Reason reason, String message, TestTar.Entry... entries) {
    refused(reason, message, TestTar.of(entries));
  }

  private static void refused(Reason reason, String message, byte[] layer) {
    EstargzException e = catchThrowableOfType(EstargzException.class, () -> Written.of(layer));

    assertThat(e).isNotNull().hasMessageContaining(message);
    assertThat(e.reason()).isEqualTo(reason);
  }

  @Test
  void namesThatLeaveTheRoot() {
    refused(Reason.NAME_REFUSED, "'..'", file("a/../../etc/passwd", "x"));
    refused(Reason.NAME_REFUSED, "'..'", file("..", "x"));
    refused(Reason.NAME_REFUSED, "'..'", file("f", "x"), hardLink("a", "../f"));
    refused(Reason.NAME_REFUSED, "the root", symlink(".", "x"));
    refused(Reason.NAME_REFUSED, "limit is 4095", dir("d/".repeat(2100)));
  }

  /** No hard link means a folder. */
  @Test
  void foldersNamedTwiceBelowASymbolicLinkAreNotRefused() throws IOException {
    byte[] tar =
        TestTar.of(
            dir("d/"),
            symlink("l", "d"),
            dir("l/x/"),
            file("f", "1"),
            hardLink("a", "f"),
            dir("l/x/"));

    assertThat(Extracted.of(Written.of(tar).tar())).isEqualTo(Extracted.of(tar));
  }

  @Test
  void linksWithoutATarget() {
    refused(Reason.LINK_UNKNOWN, "does not come before", hardLink("a", "f"), file("f", "x"));
    refused(Reason.LINK_UNKNOWN, "does not come before", file("a", ""), hardLink("a", "a"));
    refused(Reason.LINK_UNKNOWN, "directory", dir("d/"), hardLink("a", "d"));
  }

  @Test
  void entriesWhoseMeaningDependsOnTheirOrder() {
    refused(Reason.AMBIGUOUS, "replaces", file("f", "1"), hardLink("a", "f"), file("f", "2"));
    refused(Reason.AMBIGUOUS, "several entries", symlink("d", "e"), file("d/f", "1"), dir("d/"));
    refused(
        Reason.AMBIGUOUS,
        "below a symbolic link",
        dir("d/"),
        symlink("l", "d"),
        file("d/f", "1"),
        file("l/f", "2"),
        hardLink("a", "d/f"),
        file("l/f", "3"));
    var one = new TestTar.Entry('0', new byte[] {'a', (byte) 0x80});
    var other = new TestTar.Entry('0', new byte[] {'a', (byte) 0x81});
    refused(Reason.AMBIGUOUS, "U+FFFD", one, other);
    refused(Reason.AMBIGUOUS, "U+FFFD", one, file("a\uFFFD", ""));
  }

  @Test
  void kindsThatTheFormatDoesNotHave() {
    refused(Reason.ENTRY_UNSUPPORTED, "sparse", new TestTar.Entry('S', "f").magic("ustar  \0"));
    refused(Reason.ENTRY_UNSUPPORTED, "sparse", file("f", "x").pax("GNU.sparse.major", "1"));
    refused(Reason.ENTRY_UNSUPPORTED, "PAX records", new TestTar.Entry('g', "pax_global_header"));
    refused(Reason.ENTRY_UNSUPPORTED, "no word", new TestTar.Entry('V', "label"));
    refused(Reason.ENTRY_UNSUPPORTED, "no word", new TestTar.Entry('7', "contiguous"));
  }

  @Test
  void bytesBehindTheLayer() {
    byte[] gzip = RandomLayer.gzip(TestTar.of(file("f", "x")));
    byte[] longer = java.util.Arrays.copyOf(gzip, gzip.length + 10);

    refused(Reason.COMPRESSION_INVALID, "no further member", longer);
  }

  @Test
  void aSourceThatFailsAtItsEndGivesNoLeaf() {
    var leaves = new AtomicInteger();
    var failing =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("the digest is another");
          }

          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            return read();
          }
        };
    var layer =
        new SequenceInputStream(
            new ByteArrayInputStream(RandomLayer.gzip(TestTar.of(file("f", "x")))), failing);

    assertThatThrownBy(
            () ->
                Written.writer(1)
                    .write(
                        layer, EstargzSettings.DEFAULT, (b, o, length) -> leaves.incrementAndGet()))
        .isExactlyInstanceOf(IOException.class)
        .hasMessage("the digest is another");
    assertThat(leaves).hasValue(0);
  }

  @Test
  void aSinkThatFailsEndsTheWriter() {
    assertThatThrownBy(
            () ->
                Written.writer(1)
                    .write(
                        new ByteArrayInputStream(TestTar.of(file("f", "x"))),
                        EstargzSettings.DEFAULT,
                        (bytes, offset, length) -> {
                          throw new IOException("the peer is gone");
                        }))
        .hasMessage("the peer is gone");
  }

  @Test
  void moreEntriesOrNamesThanAllowed() throws IOException {
    var limits = new EstargzLimits(1 << 20, 10, 3, 100);
    var writer = new EstargzWriter(java.nio.file.Path.of("target", "spool"), 1, limits);
    byte[] four = TestTar.of(file("a", ""), file("b", ""), file("c", ""), file("d", ""));
    byte[] names = TestTar.of(file("a".repeat(60), ""), file("b".repeat(60), ""));
    byte[] large = TestTar.of(file("a", new byte[2 << 20]));

    assertThatThrownBy(() -> Written.by(writer, four, EstargzSettings.DEFAULT))
        .isInstanceOf(EstargzException.class)
        .hasMessageContaining("more than 3 entries");
    assertThatThrownBy(() -> Written.by(writer, names, EstargzSettings.DEFAULT))
        .isInstanceOf(EstargzException.class)
        .hasMessageContaining("more than 100 bytes");
    assertThatThrownBy(() -> Written.by(writer, large, EstargzSettings.DEFAULT))
        .isInstanceOf(EstargzException.class)
        .hasMessageContaining("2,097,152 bytes, the limit for a layer is 1,048,576");
  }

  @Test
  void aTableOfContentsThatNoReaderOrCompressorTakes() throws IOException {
    var room = new LayerRoom(new SpoolRoom(java.nio.file.Path.of("target", "spool")));
    var heap = new LayerHeap(new SharedHeap(1 << 20));
    try (var toc = new TocWriter(new Spool(room, 1 << 20, heap), 1_000)) {
      for (int i = 0; i < 20; i++) {
        toc.entry(TarEntry.bare("a-file-" + i, 0));
      }

      EstargzException refused = catchThrowableOfType(EstargzException.class, toc::finish);

      assertThat(refused).isNotNull().hasMessageContaining("more than 1,000 bytes");
      assertThat(refused.reason()).isEqualTo(Reason.LIMIT_PASSED);
    }
    assertThat(Zstd.compressBound(TocWriter.MAX_BYTES + (64 << 20))).isLessThan(Integer.MAX_VALUE);
  }
}
