package dev.longshore.estargz;

import static dev.longshore.estargz.TestTar.dir;
import static dev.longshore.estargz.TestTar.file;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.util.ZstdVersion;
import dev.longshore.model.Digest;
import dev.longshore.testing.SplitMix;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The same layers in zstd frames, with the table of contents beside the tar. */
final class ZstdChunkedTest {
  private static final EstargzSettings SETTINGS =
      EstargzSettings.DEFAULT.withForm(LazyFormat.ZSTD_CHUNKED);
  private static final int FOOTER_BYTES = 40;
  private static final int FRAME_HEADER_BYTES = 8;
  private static final int SKIPPABLE = 0x184D2A50;

  /** Reviewed when it changes: another zstd, another key, other CIDs. */
  private static final String GOLDEN_DIGEST =
      "sha256:2d63bbd04effba6075a058204a0c2a945a1b5cfb45a613ef3fee6bcfb83bce9d";

  private static byte[] sample() {
    var random = new SplitMix(7);
    var tar = new TestTar().add(dir("app/"));
    for (int i = 0; i < 200; i++) {
      byte[] content = new byte[random.nextInt(30_000)];
      for (int at = 0; at < content.length; at++) {
        content[at] = (byte) ('a' + random.nextInt(i % 20 + 1));
      }
      tar.add(file("app/file-" + i, content));
    }
    return tar.bytes();
  }

  private static Written written(byte[] tar) throws IOException {
    return Written.of(tar, SETTINGS, 2);
  }

  @Test
  void theFooterAndTheDescriptorSayWhereTheTableIs() throws IOException {
    Written written = written(sample());
    EstargzLayer.Frame frame = written.layer().frame().orElseThrow();
    byte[] blob = written.blob();
    int end = blob.length - FOOTER_BYTES - FRAME_HEADER_BYTES;

    ByteBuffer footer =
        ByteBuffer.wrap(blob, end, blob.length - end).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(footer.getInt()).isEqualTo(SKIPPABLE);
    assertThat(footer.getInt()).isEqualTo(FOOTER_BYTES);
    assertThat(footer.getLong()).isEqualTo(frame.offset());
    assertThat(footer.getLong()).isEqualTo(frame.packedBytes()).isEqualTo(end - frame.offset());
    assertThat(footer.getLong()).isEqualTo(frame.rawBytes());
    assertThat(footer.getLong()).isOne();
    assertThat(new String(blob, blob.length - 8, 8, StandardCharsets.US_ASCII))
        .isEqualTo("GnUlInUx");
    byte[] packed = Arrays.copyOfRange(blob, (int) frame.offset(), end);
    assertThat(frame.checksum()).isEqualTo(Digest.of(packed));
    byte[] toc = Zstd.decompress(packed, (int) frame.rawBytes());
    assertThat(written.layer().tocDigest()).isEqualTo(Digest.of(toc));
    assertThat(frame.position())
        .isEqualTo("%d:%d:%d:1".formatted(frame.offset(), packed.length, toc.length));
  }

  @Test
  void theTarEndsBeforeTheTable() throws IOException {
    Written written = written(sample());
    byte[] tar = written.tar();

    assertThat(written.layer().diffId()).isEqualTo(Digest.of(tar));
    assertThat(written.layer().uncompressedSize()).isEqualTo(tar.length);
    assertThat(Arrays.copyOfRange(tar, tar.length - 1024, tar.length)).containsOnly(0);
    assertThat(new String(tar, StandardCharsets.ISO_8859_1)).doesNotContain(EntryNames.TOC);
  }

  @Test
  void eachFileIsReadableFromItsOffset() throws IOException {
    Written written = written(TestTar.of(file("a", "one"), file("b", "x".repeat(9000))));

    assertThat(written.memberAt(written.entry("a").get("offset").asLong())).startsWith("one");
    assertThat(written.memberAt(written.entry("b").get("offset").asLong())).startsWith("xxx");
  }

  @Test
  void theBytesAreThoseOfEarlierReleases() throws IOException {
    assertThat(written(sample()).layer().digest()).hasToString(GOLDEN_DIGEST);
  }

  @Test
  void theNumberOfWorkersDoesNotShow() throws IOException {
    byte[] tar = sample();
    EstargzLayer one = Written.of(tar, SETTINGS, 1).layer();
    EstargzWriter eight = Written.writer(8);

    for (int i = 0; i < 5; i++) {
      assertThat(Written.by(eight, tar, SETTINGS).layer()).isEqualTo(one);
    }
  }

  @Test
  void oneWriterMakesBothFormsInTurn() throws IOException {
    byte[] tar = sample();
    EstargzWriter writer = Written.writer(2);

    for (LazyFormat form :
        List.of(LazyFormat.ESTARGZ, LazyFormat.ZSTD_CHUNKED, LazyFormat.ESTARGZ)) {
      EstargzSettings settings = EstargzSettings.DEFAULT.withForm(form);
      assertThat(Written.by(writer, tar, settings).layer())
          .isEqualTo(Written.of(tar, settings, 1).layer());
    }
  }

  @Test
  void aLayerIsRewrittenToItself() throws IOException {
    Written once = written(sample());

    assertThat(written(once.blob()).layer()).isEqualTo(once.layer());
  }

  @Test
  void theCompressorIsInTheKey() {
    String version = ZstdVersion.VERSION.split("-", 2)[0];

    assertThat(SETTINGS.canonicalJson())
        .isEqualTo(
            "{\"chunkBytes\":4194304,\"compressor\":\"zstd %s -3\",\"format\":1,".formatted(version)
                + "\"leafTargetBytes\":65536,\"leafThresholdBytes\":4096,\"minChunkBytes\":0,"
                + "\"prefetch\":[]}");
  }

  @Test
  void theLibraryIsThere() {
    assertThatCode(LazyFormat.ZSTD_CHUNKED::requireLibrary).doesNotThrowAnyException();
  }
}
