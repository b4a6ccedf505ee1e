package dev.longshore.estargz;

import dev.longshore.estargz.EstargzException.Reason;
import dev.longshore.model.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** The first pass: takes the tar apart into headers, contents and the index. */
final class LayerScan {
  private final EstargzSettings settings;
  private final EstargzLimits limits;
  private final LayerIndex index;
  private final SeenNames seen;
  private final Spool headers;
  private final PieceSpooler contents;

  LayerScan(
      EstargzSettings settings,
      EstargzLimits limits,
      LayerIndex index,
      Spool headers,
      PieceSpooler contents,
      LayerHeap heap) {
    this.settings = settings;
    this.limits = limits;
    this.index = index;
    this.seen = new SeenNames(limits, heap);
    this.headers = headers;
    this.contents = contents;
  }

  /** Reads the layer to its end, where its digest is verified. */
  void read(LayerStream layer) throws IOException {
    var tar = new TarReader(layer);
    for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
      take(tar, entry);
    }
    layer.drain();
    contents.finish();
    seen.check(index);
  }

  private void take(TarReader tar, TarEntry entry) throws IOException {
    String path = EntryNames.clean("entry", entry.name());
    if (EntryNames.isLandmark(path) || path.equals(EntryNames.TOC)) {
      return; // of an earlier conversion
    }
    if (path.isEmpty() && entry.type() != EntryType.DIRECTORY) {
      throw new EstargzException(
          Reason.NAME_REFUSED,
          "entry %s: the root can only be a directory".formatted(ByteText.shown(entry.name())));
    }
    if (entry.size() > limits.uncompressedBytes()) {
      throw new EstargzException(
          Reason.LIMIT_PASSED,
          "entry %s: a file of %,d bytes, the limit for a layer is %,d"
              .formatted(ByteText.shown(path), entry.size(), limits.uncompressedBytes()));
    }
    int linked = entry.type() == EntryType.HARD_LINK ? target(path, entry) : -1;
    byte[] header = TarHeaders.of(entry);
    long at = headers.append(ByteBuffer.wrap(header));
    int member = entry.size() > 0 ? content(tar, entry.size()) : -1;
    index.add(path, entry.type(), at, header.length / TarBlock.BYTES, member, linked);
    seen.add(index, path);
  }

  private int content(TarReader tar, long size) throws IOException {
    boolean inPieces = PieceSpooler.pieces(size, settings) > 1;
    @Nullable MessageDigest whole = inPieces ? Digest.Algorithm.SHA256.newHash() : null;
    int member = contents.take(tar, size, whole);
    if (whole != null) {
      headers.append(ByteBuffer.wrap(whole.digest())); // behind the file's header
    }
    return member;
  }

  private int target(String path, TarEntry entry) throws EstargzException {
    String target = EntryNames.clean("link target", entry.link());
    int linked = index.find(target);
    if (linked < 0 || target.equals(path)) {
      throw new EstargzException(
          Reason.LINK_UNKNOWN,
          "layer: %s is a hard link to %s, which does not come before it in this layer"
              .formatted(ByteText.shown(path), ByteText.shown(entry.link())));
    }
    if (index.type(linked) == EntryType.DIRECTORY) {
      throw new EstargzException(
          Reason.LINK_UNKNOWN,
          "layer: %s is a hard link to the directory %s"
              .formatted(ByteText.shown(path), ByteText.shown(entry.link())));
    }
    return linked;
  }
}
