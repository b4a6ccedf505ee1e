package dev.longshore.estargz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.github.luben.zstd.Zstd;
import dev.longshore.model.Digest;
import dev.longshore.testing.RandomLayer;
import dev.longshore.testing.SplitMix;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The same layer and settings give the same bytes, today and on any machine. */
final class DeterminismTest {
  /** Reviewed when they change: every change means other CIDs, and another format version. */
  private static final String GOLDEN_DIGEST =
      "sha256:123d46567eafd8788e939b9bd54760cbdf48054692c579683bde3c18223f6c1c";

  private static final String GOLDEN_DIFF_ID =
      "sha256:343a236b3c58806e3a80548ff47c93e7a798cab131c82bc319ba51c50d79fbbe";

  private static byte[] sample() {
    var random = new SplitMix(7);
    var tar = new TestTar().add(TestTar.dir("app/"));
    for (int i = 0; i < 200; i++) {
      byte[] content = new byte[random.nextInt(30_000)];
      for (int at = 0; at < content.length; at++) {
        content[at] = (byte) ('a' + random.nextInt(i % 20 + 1));
      }
      tar.add(TestTar.file("app/file-" + i, content));
    }
    return tar.add(TestTar.symlink("app/current", "file-1"))
        .add(TestTar.hardLink("app/other", "app/file-2"))
        .bytes();
  }

  @Test
  void thisMachinesCompressorIsTheOneOfTheGoldenDigests() {
    assertThatCode(LazyFormat.ESTARGZ::requireLibrary).doesNotThrowAnyException();
  }

  @Test
  void theBytesAreThoseOfEarlierReleases() throws IOException {
    Written written = Written.of(sample());

    assertThat(written.layer().digest()).hasToString(GOLDEN_DIGEST);
    assertThat(written.layer().diffId()).hasToString(GOLDEN_DIFF_ID);
  }

  @Test
  void theNumberOfWorkersDoesNotShow() throws IOException {
    byte[] tar = sample();
    var settings = new EstargzSettings(4096, 0, 8192, 65536, List.of("app/file-9"));
    Written one = Written.of(tar, settings, 1);
    EstargzWriter eight = Written.writer(8);

    for (int i = 0; i < 5; i++) {
      Written again = Written.by(eight, tar, settings);
      assertThat(again.layer()).isEqualTo(one.layer());
      assertThat(again.blob()).isEqualTo(one.blob());
      assertThat(again.leaves()).isEqualTo(one.leaves());
    }
  }

  @Test
  void theCompressionOfTheSourceDoesNotShow() throws IOException {
    byte[] tar = sample();
    EstargzLayer plain = Written.of(tar).layer();

    assertThat(Written.of(RandomLayer.gzip(tar)).layer()).isEqualTo(plain);
    assertThat(Written.of(Zstd.compress(tar)).layer()).isEqualTo(plain);
  }

  @Test
  void theLayerSaysWhatItsBytesAre() throws IOException {
    Written written = Written.of(sample());

    assertThat(written.layer().digest()).isEqualTo(Digest.of(written.blob()));
    assertThat(written.layer().size()).isEqualTo(written.blob().length);
    assertThat(written.layer().diffId()).isEqualTo(Digest.of(written.tar()));
    assertThat(written.layer().tocDigest()).isEqualTo(Digest.of(written.tocBytes()));
    assertThat(written.layer().uncompressedSize()).isEqualTo(written.tar().length);
  }

  @Test
  void anEstargzLayerIsRewrittenToItself() throws IOException {
    Written once = Written.of(sample());

    assertThat(Written.of(once.blob()).layer()).isEqualTo(once.layer());
  }

  @Test
  void everySettingThatChangesBytesIsInTheKey() {
    var settings = new EstargzSettings(1 << 20, 4096, 8192, 65536, List.of("b\"\n", "\u00e4"));

    assertThat(settings.canonicalJson())
        .isEqualTo(
            "{\"chunkBytes\":1048576,\"format\":1,\"leafTargetBytes\":65536,"
                + "\"leafThresholdBytes\":8192,\"minChunkBytes\":4096,"
                + "\"prefetch\":[\"b\\\"\\u000a\",\"\u00e4\"]}");
  }
}
