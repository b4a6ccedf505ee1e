package dev.longshore.ipfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.longshore.ipfs.car.CarReader;
import dev.longshore.ipfs.car.CarWriter;
import dev.longshore.ipfs.dagpb.PbNode;
import dev.longshore.ipfs.reader.DagReader;
import dev.longshore.ipfs.testing.MemoryBlocks;
import dev.longshore.ipfs.testing.SampleDag;
import dev.longshore.ipfs.unixfs.DagLink;
import dev.longshore.ipfs.unixfs.UnixFsData;
import dev.longshore.ipfs.unixfs.UnixFsDirectory;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Damaged input gives a typed error or a value, and nothing else. Seeds repeat a failure. */
class MutationTest {
  private static final int ROUNDS = 6_000;

  private interface Reader {
    void read(byte[] bytes) throws IOException;
  }

  @Test
  void ofCars() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    CarWriter car = new CarWriter(out, List.of(new SampleDag(1).root()));
    Random random = new Random(11);
    for (int i = 0; i < 5; i++) {
      byte[] content = new byte[random.nextInt(60)];
      random.nextBytes(content);
      UnixFsFileBuilder file = UnixFsFileBuilder.fixedLeaves(7, 3, car);
      file.write(content, 0, content.length);
      file.finish();
    }
    int refused =
        mutate(
            List.of(out.toByteArray()),
            bytes -> {
              CarReader reader = new CarReader(new ByteArrayInputStream(bytes));
              for (Block block = reader.next(); block != null; block = reader.next()) {
                assertThat(block.size()).isLessThanOrEqualTo(Block.MAX_BYTES);
              }
            });
    // A cut between two sections is the only damage that leaves a valid file.
    assertThat(refused).isGreaterThan(ROUNDS * 9 / 10);
  }

  @Test
  void ofNodes() throws IOException {
    List<byte[]> nodes = nodes();
    int refused =
        mutate(
            nodes,
            bytes -> {
              PbNode node = PbNode.decode(bytes);
              assertThat(PbNode.decode(node.encode())).isEqualTo(node);
              byte[] data = node.data();
              if (data != null) {
                UnixFsData.decode(UnixFsData.decode(data).encode());
              }
            });
    assertThat(refused).isGreaterThan(ROUNDS / 4);
  }

  /** The damaged node is given its own right CID, so that only what it says is wrong. */
  @Test
  void ofWholeDags() throws IOException {
    MemoryBlocks blocks = new MemoryBlocks();
    List<byte[]> nodes = nodes(blocks);
    DagReader reader = new DagReader(blocks, Duration.ofSeconds(1));
    mutate(
        nodes,
        bytes -> {
          Cid root = blocks.putBytes(bytes);
          try {
            reader.list(root, entry -> assertThat(entry.cid()).isNotNull());
          } catch (PathNotFoundException aFile) {
            assertThat(reader.read(root, 1_000_000)).isNotNull();
          }
        });
  }

  private static List<byte[]> nodes() throws IOException {
    return nodes(new MemoryBlocks());
  }

  private static List<byte[]> nodes(MemoryBlocks blocks) throws IOException {
    UnixFsFileBuilder file = UnixFsFileBuilder.fixedLeaves(5, 4, blocks);
    file.write(new byte[43], 0, 43);
    DagLink link = file.finish();
    SortedMap<String, DagLink> few = new TreeMap<>();
    SortedMap<String, DagLink> many = new TreeMap<>();
    for (int i = 0; i < 3; i++) {
      few.put("name" + i, link);
    }
    for (int i = 0; i < 3000; i++) {
      many.put("n".repeat(60) + i, link);
    }
    UnixFsDirectory.of(few, blocks);
    UnixFsDirectory.of(many, blocks);
    List<byte[]> nodes = new ArrayList<>();
    blocks
        .all()
        .forEach(
            (cid, bytes) -> {
              if (cid.codec() == Cid.DAG_PB && nodes.size() < 40) {
                nodes.add(bytes);
              }
            });
    return nodes;
  }

  /** How many of the damaged inputs were refused. */
  private static int mutate(List<byte[]> valid, Reader reader) {
    int refused = 0;
    for (int seed = 0; seed < ROUNDS; seed++) {
      Random random = new Random(seed);
      byte[] bytes = Mutations.apply(valid.get(random.nextInt(valid.size())), random);
      try {
        reader.read(bytes);
      } catch (IpfsDataException expected) {
        refused++;
      } catch (IOException expected) {
        // A link that was changed leads to a block that is nowhere.
        refused++;
      } catch (RuntimeException | StackOverflowError e) {
        fail("seed " + seed + " gave an untyped error", e);
      }
    }
    return refused;
  }
}
