package dev.longshore.estargz;

import dev.longshore.model.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.security.MessageDigest;

/**
 * Writes the blob: headers in separate members, so that a new time in one does not change the
 * content's member. Files that share a member have their headers in it, too.
 */
final class BlobWriter {
  /** Size at which a run of headers is split: some 500 links or directories. */
  private static final int MAX_HEADER_RUN = 256 << 10;

  private final EstargzSettings settings;
  private final CompressionContext press;
  private final LeafCutter cutter;
  private final TocWriter toc;
  private final BlobEnd end;
  private final MessageDigest tar = Digest.Algorithm.SHA256.newHash();
  private final ByteArrayOutputStream headers = new ByteArrayOutputStream();
  private final ByteArrayOutputStream shared = new ByteArrayOutputStream();
  private final byte[] sharedDigest = new byte[PieceSpooler.DIGEST_BYTES];
  private byte[] wholeDigest = {};
  private long tarBytes;

  BlobWriter(
      EstargzSettings settings,
      CompressionContext press,
      LeafCutter cutter,
      TocWriter toc,
      BlobEnd end) {
    this.settings = settings;
    this.press = press;
    this.cutter = cutter;
    this.toc = toc;
    this.end = end;
  }

  void header(PlaybackStep.Header header) throws IOException {
    wholeDigest = header.digest();
    if (shared.size() > 0) {
      shared.writeBytes(header.bytes());
      endSharedIfFull();
    } else {
      headers.writeBytes(header.bytes());
      if (headers.size() >= MAX_HEADER_RUN) {
        endHeaders();
      }
    }
    if (header.entry().size() == 0) {
      toc.entry(header.entry());
    }
  }

  void content(PlaybackStep.Content content, byte[] raw, byte[] packed) throws IOException {
    if (content.packed() < 0) {
      landmark(content, raw);
    } else if (content.packedLength() == 0) {
      share(content, raw, packed);
    } else {
      int member = content.packed() + PieceSpooler.DIGEST_BYTES;
      own(content, raw, packed, member, content.packedLength(), packed, content.packed());
    }
  }

  private void landmark(PlaybackStep.Content content, byte[] raw) throws IOException {
    byte[] member = pack(raw, content.raw(), content.length());
    MessageDigest sha256 = Digest.Algorithm.SHA256.newHash();
    sha256.update(raw, content.raw(), content.length());
    own(content, raw, member, 0, member.length, sha256.digest(), 0);
  }

  /** Content in its own, existing member. */
  private void own(
      PlaybackStep.Content content,
      byte[] raw,
      byte[] member,
      int memberAt,
      int memberLength,
      byte[] digest,
      int digestAt)
      throws IOException {
    endShared();
    endHeaders();
    describe(content, cutter.position(), 0, TocWriter.digest(digest, digestAt));
    cutter.content(member, memberAt, memberLength, content.isWhole(), digest, digestAt);
    hash(raw, content.raw(), content.length());
    if (content.isLast()) {
      headers.writeBytes(new byte[TarBlock.padding(content.entry().size())]);
    }
  }

  /** Short content that shares a member with its neighbours. */
  private void share(PlaybackStep.Content content, byte[] raw, byte[] digest) throws IOException {
    endHeaders();
    describe(content, cutter.position(), shared.size(), TocWriter.digest(digest, content.packed()));
    System.arraycopy(digest, content.packed(), sharedDigest, 0, sharedDigest.length);
    shared.write(raw, content.raw(), content.length());
    shared.writeBytes(new byte[TarBlock.padding(content.length())]);
    endSharedIfFull();
  }

  private void describe(PlaybackStep.Content content, long offset, long inner, String digest)
      throws IOException {
    TarEntry entry = content.entry();
    int chunkBytes = settings.chunkBytes();
    if (content.from() > 0) {
      toc.chunk(entry, chunkBytes, content.from(), offset, digest);
    } else {
      String whole = wholeDigest.length == 0 ? digest : TocWriter.digest(wholeDigest, 0);
      toc.file(entry, chunkBytes, offset, inner, whole, digest);
    }
  }

  /** The next entry is not a directory, and must not share a leaf with directories. */
  void directoriesEnd() throws IOException {
    endShared();
    endHeaders();
    cutter.cut();
  }

  private void endSharedIfFull() throws IOException {
    if (shared.size() >= settings.minChunkBytes()) {
      endShared();
    }
  }

  private void endShared() throws IOException {
    if (shared.size() > 0) {
      byte[] raw = shared.toByteArray();
      shared.reset();
      byte[] member = pack(raw, 0, raw.length);
      cutter.content(member, 0, member.length, true, sharedDigest, 0);
      hash(raw, 0, raw.length);
    }
  }

  private void endHeaders() throws IOException {
    if (headers.size() > 0) {
      byte[] raw = headers.toByteArray();
      headers.reset();
      byte[] member = pack(raw, 0, raw.length);
      cutter.headers(member, 0, member.length);
      hash(raw, 0, raw.length);
    }
  }

  private byte[] pack(byte[] bytes, int offset, int length) {
    return press.pack(bytes, offset, length).toArray(ValueLayout.JAVA_BYTE);
  }

  private void hash(byte[] bytes, int offset, int length) {
    tar.update(bytes, offset, length);
    tarBytes += length;
  }

  EstargzLayer finish() throws IOException {
    endShared();
    endHeaders();
    cutter.cut();
    Spool text = toc.finish();
    tarBytes += end.tarBytes(text);
    BlobEnd.Toc written = end.write(text, tar);
    Digest digest = cutter.finish();
    return new EstargzLayer(
        digest,
        cutter.position(),
        Digest.finish(Digest.Algorithm.SHA256, tar),
        written.digest(),
        tarBytes,
        written.frame());
  }
}
