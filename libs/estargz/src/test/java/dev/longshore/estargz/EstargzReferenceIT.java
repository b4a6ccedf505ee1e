package dev.longshore.estargz;

import static dev.longshore.estargz.TestTar.dir;
import static dev.longshore.estargz.TestTar.file;
import static dev.longshore.estargz.TestTar.hardLink;
import static dev.longshore.estargz.TestTar.symlink;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.programs.Tools;
import dev.longshore.testing.Attack;
import dev.longshore.testing.InTurn;
import dev.longshore.testing.RandomLayer;
import dev.longshore.testing.SharedTurn;
import dev.longshore.testing.SplitMix;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The reference's library opens and verifies our blobs and finds in them what it writes itself. */
@InTurn(SharedTurn.REFERENCES)
final class EstargzReferenceIT {
  private static final int RANDOM_TARS = Integer.getInteger("longshore.tars", 20);
  private static final int RANDOM_ZSTD_TARS = RANDOM_TARS / 2;
  private static final List<String> PREFETCH = List.of("app/tool", "app/data/b", "not/here");

  @TempDir Path folder;

  private static byte[] sample() {
    var random = new SplitMix(11);
    byte[] large = new byte[9 << 20];
    random.nextBytes(large);
    byte[] exactly = new byte[4 << 20];
    return TestTar.of(
        dir("./"),
        dir("./app/").owner(5, 6, "five", "six"),
        dir("./app/data/").owner(5, 6, "five", "six"),
        file("./app/tool", large).mode(04755),
        file("./app/data/a", exactly),
        file("./app/data/b", "b").pax("SCHILY.xattr.user.note", new byte[] {0, (byte) 0xFF}),
        hardLink("./app/data/c", "./app/tool"),
        symlink("./app/<&>", "tool"),
        file("./app/empty", ""),
        file("./app/.wh.gone", ""),
        file("./app/data/.wh..wh..opq", ""),
        new TestTar.Entry('3', "./app/null").device(1, 3),
        new TestTar.Entry('6', "./app/fifo"),
        file("./app/data/b", "newer").owner(5, 7, "five", "seven"),
        file("./" + "long/".repeat(50) + "gr\u00fc\u00dfe", "x").pax("mtime", "1700000000.5"));
  }

  private void check(byte[] layer, EstargzSettings settings, String what) throws Exception {
    Written written = Written.of(layer, settings, 2);
    Path source = Files.write(folder.resolve("source"), layer);
    Path blob = Files.write(folder.resolve("blob"), written.blob());
    var verify = new ArrayList<String>(List.of("verify"));
    var compare = new ArrayList<String>(List.of("compare"));
    if (settings.form() == LazyFormat.ZSTD_CHUNKED) {
      verify.add("-zstd");
      compare.add("-zstd");
    }
    if (settings.minChunkBytes() > 0) {
      verify.add("-shared");
    }
    verify.addAll(List.of(blob.toString(), written.layer().tocDigest().toString()));
    assertThat(Tools.ofProject().run("estargz-check", verify.toArray(String[]::new)))
        .as(what)
        .contains("files");
    compare.addAll(
        List.of(
            "-chunk-size",
            Integer.toString(settings.chunkBytes()),
            "-prefetch",
            String.join(",", settings.prefetch()),
            source.toString(),
            blob.toString()));
    assertThat(Tools.ofProject().run("estargz-check", compare.toArray(String[]::new)))
        .as(what)
        .contains("entries");
  }

  @Test
  void aLayerOfEveryKindIsTheReferences() throws Exception {
    check(RandomLayer.gzip(sample()), EstargzSettings.DEFAULT, "defaults");
  }

  @Test
  void soItIsWithFilesToPrefetch() throws Exception {
    check(sample(), EstargzSettings.DEFAULT.withPrefetch(PREFETCH), "prefetch");
  }

  @Test
  void soItIsInSmallChunksAndSharedMembers() throws Exception {
    check(sample(), new EstargzSettings(1 << 20, 0, 8192, 65536, List.of()), "chunks");
    check(sample(), new EstargzSettings(4 << 20, 65536, 8192, 65536, List.of()), "shared");
  }

  @Test
  void soItIsInZstdFrames() throws Exception {
    EstargzSettings zstd = EstargzSettings.DEFAULT.withForm(LazyFormat.ZSTD_CHUNKED);
    check(sample(), zstd, "zstd");
    check(sample(), zstd.withPrefetch(PREFETCH), "zstd, prefetch");
    check(
        sample(),
        new EstargzSettings(1 << 20, 0, 8192, 65536, List.of()).withForm(LazyFormat.ZSTD_CHUNKED),
        "zstd, chunks");
  }

  @Test
  void soAreRandomTars() throws Exception {
    checkRandom(LazyFormat.ESTARGZ, RANDOM_TARS);
  }

  @Test
  void soAreRandomTarsInZstdFrames() throws Exception {
    checkRandom(LazyFormat.ZSTD_CHUNKED, RANDOM_ZSTD_TARS);
  }

  private void checkRandom(LazyFormat form, int count) throws Exception {
    int checked = 0;
    for (long seed = Attack.seed(); checked < count; seed++) {
      byte[] tar = RandomTar.of(seed);
      try {
        Written.of(tar);
      } catch (EstargzException e) {
        continue;
      }
      int chunkBytes = seed % 2 == 0 ? 4096 : 4 << 20;
      var settings = new EstargzSettings(chunkBytes, 0, 8192, 65536, List.of());
      check(tar, settings.withForm(form), form + ", seed " + seed);
      checked++;
    }
  }
}
