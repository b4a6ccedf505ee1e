package dev.longshore.ipfs.kubo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.ByteInput;
import dev.longshore.ipfs.IpfsDataException;
import dev.longshore.ipfs.dagpb.PbLink;
import dev.longshore.ipfs.dagpb.PbNode;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.testing.FlatFs;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import dev.longshore.model.Cid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FlatfsFilesTest {
  private static final int LEAF = 262_144;

  /** Of no block in particular. */
  private static final Cid NODE =
      Cid.parse("bafybeicpwvozw5dvnhxq6ye3a5alou6ruzq2rixt3ws2tpn3i2eq4ffjri");

  @TempDir Path repository;
  private FlatfsFiles files;

  @BeforeEach
  void repository() throws IOException {
    FlatFs.create(repository);
    files = new FlatfsFiles(repository);
  }

  @Test
  void onlyTheLayoutThatIsKnownIsRead() throws IOException {
    assertThat(files.readable()).isTrue();
    Files.writeString(
        repository.resolve("blocks/SHARDING"), "/repo/flatfs/shard/v1/next-to-last/3\n");
    assertThat(files.readable()).isFalse();
    assertThat(new FlatfsFiles(repository.resolve("elsewhere")).readable()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, LEAF, LEAF + 1, 180 * LEAF + 7})
  void aFileIsReadIntoBuffersOfEveryKind(int size) throws IOException {
    byte[] bytes = random(size);
    Cid cid = store(bytes);
    ByteBuffer direct = ByteBuffer.allocateDirect(size + 1);

    try (ByteInput file = files.open(cid)) {
      assertThat(file.readAllBytes()).isEqualTo(bytes);
    }
    try (ByteInput file = files.open(cid)) {
      while (file.read(direct) >= 0) {
        // All of it.
      }
    }
    assertThat(direct.flip()).isEqualTo(ByteBuffer.wrap(bytes));
  }

  @Test
  void aBlockThatDoesNotLieThereIsNotHeld() throws IOException {
    byte[] bytes = random(3 * LEAF);
    Cid cid = store(bytes);
    Cid second =
        PbNode.decode(Files.readAllBytes(FlatFs.file(repository, cid))).links().get(1).cid();
    Files.delete(FlatFs.file(repository, second));

    try (ByteInput file = files.open(cid)) {
      assertThat(file.readNBytes(LEAF)).hasSize(LEAF);
      assertNotHeld(file);
      // Again, not the end.
      assertNotHeld(file);
    }
  }

  @Test
  void aNodeOfAnotherFormIsLeftToTheNode() throws IOException {
    FlatFs.put(repository, NODE, new PbNode(List.of(), new byte[] {8, 1}).encode());

    try (ByteInput file = files.open(NODE)) {
      assertNotHeld(file);
    }
  }

  @Test
  void whatIsNoNodeOrGoesInCirclesEndsInAnError() throws IOException {
    PbLink self = new PbLink(NODE, "", 1);
    for (byte[] bytes :
        List.of(
            new byte[0],
            new byte[] {1, 2, 3},
            random(1000),
            new byte[Block.MAX_BYTES + 1],
            new PbNode(Collections.nCopies(30_000, self), new byte[] {8, 2}).encode())) {
      FlatFs.put(repository, NODE, bytes);
      try (ByteInput file = files.open(NODE)) {
        assertThatThrownBy(file::readAllBytes).isInstanceOf(IpfsDataException.class);
      }
    }
  }

  private static void assertNotHeld(ByteInput file) {
    assertThatThrownBy(file::read)
        .isInstanceOfSatisfying(
            KuboException.class, e -> assertThat(e.fault()).isEqualTo(Fault.NOT_HELD));
  }

  private Cid store(byte[] bytes) throws IOException {
    return UnixFsFileBuilder.build(
            bytes,
            (cid, buffer, offset, length) ->
                FlatFs.put(repository, cid, Arrays.copyOfRange(buffer, offset, offset + length)))
        .cid();
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }
}
