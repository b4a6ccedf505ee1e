package dev.longshore.ipfs.car;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.ipfs.BlockSink;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.testing.MemoryBlocks;
import dev.longshore.ipfs.testing.SharedKubos;
import dev.longshore.ipfs.unixfs.DagLink;
import dev.longshore.ipfs.unixfs.DirectoryTree;
import dev.longshore.ipfs.unixfs.UnixFsDirectory;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import dev.longshore.model.Cid;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What we write, Kubo takes and gives back byte for byte. */
class ExportsEqualKuboIT {
  @RegisterExtension static final SharedKubos KUBOS = new SharedKubos(1);

  private final MemoryBlocks blocks = new MemoryBlocks();

  @Test
  void ofFilesInNestedDirectories() throws Exception {
    DagLink big = file(new Random(1), 400_000, 1000);
    DirectoryTree tree =
        new DirectoryTree()
            .put(
                "oci-layout",
                UnixFsFileBuilder.build("{}".getBytes(StandardCharsets.UTF_8), blocks))
            .put("blobs/sha256/00ff", big)
            .put("blobs/sha256/11ff", file(new Random(2), 900_000, 262144));

    assertComesBack(tree.write(blocks).cid());
  }

  @Test
  void ofLeavesThatTheCallerDecides() throws Exception {
    UnixFsFileBuilder builder = UnixFsFileBuilder.callerDecidesLeaves(174, blocks);
    Random random = new Random(3);
    for (int leaf = 0; leaf < 400; leaf++) {
      byte[] bytes = new byte[1 + random.nextInt(leaf == 7 ? 2_000_000 : 3000)];
      random.nextBytes(bytes);
      builder.writeLeaf(bytes, 0, bytes.length);
    }
    assertComesBack(builder.finish().cid());
  }

  @Test
  void ofAShardedDirectory() throws Exception {
    SortedMap<String, DagLink> entries = new TreeMap<>();
    for (int i = 0; i < 6000; i++) {
      entries.put("entry-" + i, UnixFsFileBuilder.build(new byte[i % 50], blocks));
    }
    assertComesBack(UnixFsDirectory.of(entries, blocks).cid());
  }

  private DagLink file(Random random, int size, int leafBytes) throws IOException {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    UnixFsFileBuilder builder = UnixFsFileBuilder.fixedLeaves(leafBytes, 174, blocks);
    builder.write(bytes, 0, size);
    return builder.finish();
  }

  private void assertComesBack(Cid root) throws Exception {
    KUBOS
        .get(0)
        .client()
        .importCar(
            sink -> {
              for (var block : blocks.all().entrySet()) {
                sink.put(block.getKey(), block.getValue(), 0, block.getValue().length);
              }
            },
            Deadline.after(Duration.ofSeconds(60)));

    byte[] theirs =
        KUBOS.get(0).ipfsBytes("dag", "export", "--progress=false", "--offline", root.toString());

    ByteArrayOutputStream ours = new ByteArrayOutputStream();
    BlockSink car = new CarWriter(ours, List.of(root));
    blocks.exportTo(root, car);
    assertThat(theirs).isEqualTo(ours.toByteArray());
  }
}
