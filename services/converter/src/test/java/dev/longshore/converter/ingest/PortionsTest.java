package dev.longshore.converter.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.converter.Uploads;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.ipfs.unixfs.DagLink;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.InstallationName;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What others may have to wait for is small, however large a file is. */
class PortionsTest {
  private static final InstallationName HERE = new InstallationName("default");
  private static final long LIMIT = 600_000;

  private final InMemoryIpfsNode node = new InMemorySwarm().node("ingest");
  private final IngestPeer peer =
      new IngestPeer(
          node, HERE, Duration.ofSeconds(30), IngestPeer.COLLECTION, true, InstantSource.system());
  private final Holds holds = new Holds(peer, HERE, InstantSource.system());

  @Test
  void holdAllBlocksOfALargeFileAndOfSmallOnes() throws Exception {
    List<DagLink> files = List.of(file(1, 100_000), file(2, 3_000_000), file(3, 100_000));
    Set<Cid> blocks = node.storedBlocks();

    List<Portions.Portion> portions = Portions.of(files, LIMIT, peer);

    assertThat(portions)
        .hasSizeGreaterThan(4)
        .allSatisfy(portion -> assertThat(portion.bytes()).isLessThanOrEqualTo(LIMIT));
    ConversionHold hold = holds.begin(Digest.of(new byte[1]), 1, () -> false);
    for (Portions.Portion portion : portions) {
      assertThat(peer.hold(hold.node(portion.links()), portion.bytes(), false)).isTrue();
    }
    node.collectGarbage(soon());
    assertThat(node.storedBlocks()).containsAll(blocks);
  }

  private DagLink file(long seed, int size) throws Exception {
    var built = new AtomicReference<DagLink>();
    node.importCar(
        sink -> built.set(UnixFsFileBuilder.build(Uploads.bytes(seed, size), sink)), soon());
    return built.get();
  }

  private static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(20));
  }
}
