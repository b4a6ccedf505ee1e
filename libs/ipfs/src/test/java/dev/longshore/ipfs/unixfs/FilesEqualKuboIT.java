package dev.longshore.ipfs.unixfs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.ipfs.BlockSink;
import dev.longshore.ipfs.testing.SharedKubos;
import dev.longshore.testing.InTurn;
import dev.longshore.testing.SharedTurn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Our CIDs against {@code ipfs add --cid-version=1} of the real Kubo. */
@InTurn(SharedTurn.REFERENCES)
class FilesEqualKuboIT {
  @RegisterExtension static final SharedKubos KUBOS = new SharedKubos(1);

  private static final BlockSink NOWHERE = (cid, buffer, offset, length) -> {};

  @TempDir Path directory;

  @Test
  void atTheEdgesOfOneLeafAndOfOneNode() throws Exception {
    int leaf = UnixFsFileBuilder.LEAF_BYTES;
    Map<String, String> ours = new TreeMap<>();
    for (long size :
        new long[] {0, 1, leaf - 1, leaf, leaf + 1, 173L * leaf, 174L * leaf, 175L * leaf}) {
      ours.put(write(size, size).getFileName().toString(), cid(size, size, leaf));
    }

    assertThat(kubos("size-262144")).isEqualTo(ours);
  }

  @Test
  void atTheEdgesOfTwoLevels() throws Exception {
    Map<String, String> ours = new TreeMap<>();
    for (int leaves : new int[] {173, 174, 175, 348, 349, 30_276, 30_277}) {
      ours.put(write(leaves, leaves * 64L).getFileName().toString(), cid(leaves, leaves * 64L, 64));
    }

    assertThat(kubos("size-64")).isEqualTo(ours);
  }

  @Test
  void atTwoHundredSeededSizes() throws Exception {
    Random random = new Random(20260101);
    Map<String, String> ours = new TreeMap<>();
    for (int i = 0; i < 200; i++) {
      // Mostly small, some of several leaves.
      long size = i % 10 == 0 ? random.nextInt(3_000_000) : random.nextInt(20_000);
      ours.put(write(i, size).getFileName().toString(), cid(i, size, 262144));
    }

    assertThat(kubos("size-262144")).isEqualTo(ours);
  }

  private Path write(long seed, long size) throws IOException {
    Path file = directory.resolve("f" + seed + "-" + size);
    try (var out = Files.newOutputStream(file)) {
      each(seed, size, out::write);
    }
    return file;
  }

  private static String cid(long seed, long size, int leafBytes) throws IOException {
    UnixFsFileBuilder builder = UnixFsFileBuilder.fixedLeaves(leafBytes, 174, NOWHERE);
    each(seed, size, builder::write);
    DagLink file = builder.finish();
    assertThat(file.fileSize()).isEqualTo(size);
    return file.cid().toString();
  }

  private interface Part {
    void take(byte[] bytes, int offset, int length) throws IOException;
  }

  private static void each(long seed, long size, Part part) throws IOException {
    Random random = new Random(seed);
    byte[] buffer = new byte[65_536];
    for (long left = size; left > 0; left -= buffer.length) {
      random.nextBytes(buffer);
      part.take(buffer, 0, (int) Math.min(left, buffer.length));
    }
  }

  private Map<String, String> kubos(String chunker) throws Exception {
    String output =
        KUBOS
            .get(0)
            .ipfs(
                "add",
                "-r",
                "--only-hash",
                "--cid-version=1",
                "--progress=false",
                "--chunker=" + chunker,
                directory.toString());
    Map<String, String> cids = new TreeMap<>();
    for (String line : output.lines().toList()) {
      // added CID DIRECTORY/NAME
      Matcher added = Pattern.compile("added (\\w+) [^/]+/(.+)").matcher(line);
      if (added.matches()) {
        cids.put(added.group(2), added.group(1));
      }
    }
    return cids;
  }
}
