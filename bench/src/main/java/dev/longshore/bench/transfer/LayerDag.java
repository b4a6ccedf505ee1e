package dev.longshore.bench.transfer;

import dev.longshore.estargz.EstargzSettings;
import dev.longshore.estargz.EstargzWriter;
import dev.longshore.ipfs.BlockSink;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.Reach;
import dev.longshore.ipfs.reader.BlockSet;
import dev.longshore.ipfs.reader.BlockWalk;
import dev.longshore.ipfs.unixfs.DagLink;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import dev.longshore.model.Cid;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A layer on the sending peer.
 *
 * @param blocks of its file
 */
record LayerDag(Cid root, BlockSet blocks) {
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final int BUFFER = 256 * 1024;

  /** The layer as it is, in leaves of 256 KiB. */
  static LayerDag fixed(Path layer, IpfsNode node) throws IOException {
    return stored(
        node,
        sink -> {
          UnixFsFileBuilder file = UnixFsFileBuilder.kuboDefaults(sink);
          byte[] buffer = new byte[BUFFER];
          try (InputStream in = Files.newInputStream(layer)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
              file.write(buffer, 0, count);
            }
          }
          return file.finish();
        });
  }

  /** An eStargz layer made of it, in leaves that follow its files. */
  static LayerDag lazy(
      Path layer, EstargzWriter writer, int thresholdBytes, int targetBytes, IpfsNode node)
      throws IOException {
    EstargzSettings usual = EstargzSettings.DEFAULT;
    var settings =
        new EstargzSettings(
            usual.chunkBytes(), usual.minChunkBytes(), thresholdBytes, targetBytes, List.of());
    return stored(
        node,
        sink -> {
          var file = UnixFsFileBuilder.callerDecidesLeaves(UnixFsFileBuilder.MAX_LINKS, sink);
          try (InputStream in = new BufferedInputStream(Files.newInputStream(layer), BUFFER)) {
            writer.write(in, settings, file::writeLeaf);
          }
          return file.finish();
        });
  }

  /** Writes the blocks of a file. */
  @FunctionalInterface
  private interface FileBody {
    DagLink writeTo(BlockSink sink) throws IOException;
  }

  private static LayerDag stored(IpfsNode node, FileBody body) throws IOException {
    var link = new AtomicReference<DagLink>();
    node.importCar(sink -> link.set(body.writeTo(sink)), Deadline.after(LIMIT));
    Cid root = link.get().cid();
    var walk =
        new BlockWalk(
            (cid, deadline) -> node.block(cid, Reach.LOCAL, deadline).bytes(),
            Deadline.after(LIMIT));
    return new LayerDag(root, walk.of(root));
  }
}
