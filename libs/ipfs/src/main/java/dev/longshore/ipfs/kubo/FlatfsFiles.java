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
 * Files out of the repository of a Kubo node on this machine, read from the disk while the node
 * runs: a block is a file that is put in place whole and never written to again. Nothing is
 * verified.
 */
public final class FlatfsFiles {
  /** Bytes of a SHARDING file; that of every Kubo is one line of 37. */
  private static final int MAX_SHARDING_BYTES = 1024;

  private final Path blocks;

  /** Reads nothing yet: the node may still write its repository. */
  public FlatfsFiles(Path repository) {
    this.blocks = repository.resolve("blocks");
  }

  /** Whether blocks lie there, in the layout that {@code ipfs init} of 0.43.1 chooses. */
  public boolean readable() {
    try (var in = Files.newInputStream(blocks.resolve("SHARDING"))) {
      return new String(in.readNBytes(MAX_SHARDING_BYTES), StandardCharsets.UTF_8)
          .strip()
          .equals(DatastoreSpec.SHARDING);
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether this block lies there: one look, without the node. */
  public boolean holds(Cid cid) {
    return Files.exists(path(cid));
  }

  /**
   * Opens a file.
   *
   * @return a stream whose reads fail with {@link Fault#NOT_HELD} at the first block that does not
   *     lie there, or is not in the form that files of images have
   */
  public ByteInput open(Cid file) {
    return new FlatfsStream(this, file, new Faults(blocks.toString(), "read " + file));
  }

  /**
   * One block's bytes.
   *
   * @throws KuboException {@link Fault#NOT_HELD} when it does not lie there
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
