package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.kubo.FlatfsFiles;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.testing.FlatFs;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.model.Cid;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalBlocksTest {
  private static final byte[] BLOCK = "a block".getBytes(StandardCharsets.UTF_8);

  private final Cid cid = Cid.raw(MessageDigest.getInstance("SHA-256").digest(BLOCK));
  private final InMemoryIpfsNode node = new InMemorySwarm().node("own");
  @TempDir Path repository;
  private LocalBlocks blocks;

  LocalBlocksTest() throws NoSuchAlgorithmException {
    // Every Java has SHA-256.
  }

  @BeforeEach
  void create() throws Exception {
    FlatFs.create(repository);
    blocks = new LocalBlocks(node, new FlatfsFiles(repository));
  }

  private void nodeHasIt() throws Exception {
    var _ =
        node.importCar(
            sink -> sink.put(cid, BLOCK, 0, BLOCK.length), Deadline.after(Duration.ofSeconds(10)));
  }

  @Test
  void aBlockComesFromTheFilesWithoutTheNode() throws Exception {
    FlatFs.put(repository, cid, BLOCK);

    assertThat(blocks.block(cid)).isEqualTo(BLOCK);
  }

  @Test
  void theNodeIsAskedForWhatIsRottenInItsFilesOrNotThere() throws Exception {
    nodeHasIt();
    assertThat(blocks.block(cid)).isEqualTo(BLOCK);

    FlatFs.put(repository, cid, new byte[] {1});
    assertThat(blocks.checked(cid).bytes()).isEqualTo(BLOCK);
  }

  @Test
  void theNodeSaysThatItLacksABlock() {
    assertThatThrownBy(() -> blocks.block(cid))
        .isInstanceOfSatisfying(
            KuboException.class, e -> assertThat(e.fault()).isEqualTo(Fault.NOT_HELD));
  }
}
