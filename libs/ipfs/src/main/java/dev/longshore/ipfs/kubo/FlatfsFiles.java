package dev.longshore.ipfs.kubo;

import dev.longshore.ipfs.BadBlockException;
import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.ByteInput;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.model.Cid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Reads files from the repository of a Kubo node on this machine while the node runs: each block is
 * a file that is renamed into place whole and never written to again. Verifies nothing.
 */
public final class FlatfsFiles {
  /** Limit in bytes of a SHARDING file; every Kubo's is one line of 37. */
  private static final int MAX_SHARDING_BYTES = 1024;

  private final Path blocks;

  /** Reads nothing yet: the node may still be creating its repository. */
  public FlatfsFiles(Path repository) {
    this.blocks = repository.resolve("blocks");
  }

  /** Whether blocks are there, in the layout that {@code ipfs init} of 0.43.1 chooses. */
  public boolean readable() {
    try (var in = Files.newInputStream(blocks.resolve("SHARDING"))) {
      return new String(in.readNBytes(MAX_SHARDING_BYTES), StandardCharsets.UTF_8)
          .strip()
          .equals(DatastoreSpec.SHARDING);
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether this block's file exists; does not ask the node. */
  public boolean holds(Cid cid) {
    return Files.exists(path(cid));
  }

  /**
   * Opens a file.
   *
   * @return a stream whose reads fail with {@link Fault#NOT_HELD} at the first block that is
   *     missing, or is not as the converter writes files
   */
  public ByteInput open(Cid file) {
    return new FlatfsStream(this, file, new Faults(blocks.toString(), "read " + file));
  }

  /**
   * One block's bytes.
   *
   * @throws KuboException {@link Fault#NOT_HELD} when it is missing
   * @throws BadBlockException when it is larger than any block
   */
  public byte[] bytes(Cid cid) throws IOException {
    return whole(cid, new Faults(blocks.toString(), "read block " + cid));
  }

  byte[] whole(Cid cid, Faults faults) throws IOException {
    try (FileChannel from = block(cid, faults)) {
      Block.requireSize(cid, from.size());
      ByteBuffer bytes = ByteBuffer.allocate((int) from.size());
      while (bytes.hasRemaining() && from.read(bytes) >= 0) {
        // Until all of it is there.
      }
      return bytes.array();
    }
  }

  FileChannel block(Cid cid, Faults faults) throws IOException {
    Path path = path(cid);
    try {
      return FileChannel.open(path);
    } catch (NoSuchFileException e) {
      throw faults.because(Fault.NOT_HELD, "no file " + path, e);
    }
  }

  /** {@code XY/...XYZ.data}: a block is found by its multihash, whatever the CID's version. */
  private Path path(Cid cid) {
    String key = cid.multihash().storeKey();
    return blocks.resolve(key.substring(key.length() - 3, key.length() - 1), key + ".data");
  }
}
