package dev.longshore.ipfs.car;

import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.IpfsDataException;
import dev.longshore.ipfs.MalformedCarException;
import dev.longshore.model.Cid;
import dev.longshore.model.MalformedCidException;
import dev.longshore.model.multiformats.ByteCursor;
import dev.longshore.model.multiformats.Varint;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a CARv1 block by block and checks each against its CID. */
public final class CarReader {
  /** A header of {@link CarWriter#MAX_ROOTS} roots, and slack for longer CIDs. */
  public static final int MAX_HEADER_BYTES = 64 * 1024;

  /** The largest block and the largest CID before it. */
  public static final int MAX_SECTION_BYTES = Block.MAX_BYTES + 128;

  /** A usual CID has 36 bytes; a section with a longer one is read twice. */
  private static final int USUAL_CID_BYTES = 64;

  private final InputStream in;
  private final List<Cid> roots;
  private long sections;

  /**
   * Reads the header.
   *
   * @param in should be buffered: lengths are read byte by byte
   * @throws MalformedCarException when it is not a CARv1 header
   */
  public CarReader(InputStream in) throws IOException {
    this.in = in;
    byte[] header = nextPart("CAR header", MAX_HEADER_BYTES);
    if (header == null) {
      throw new MalformedCarException("CAR: empty");
    }
    this.roots = CarHeader.decode(header).roots();
  }

  public List<Cid> roots() {
    return roots;
  }

  /**
   * The next block, null at the end.
   *
   * @throws IpfsDataException when the stream is cut or malformed, or the block is bad
   */
  public @Nullable Block next() throws IOException {
    String what = "CAR section " + (sections + 1);
    int length = nextLength(what, MAX_SECTION_BYTES);
    if (length < 0) {
      return null;
    }
    sections++;
    byte[] head = read(what, new byte[Math.min(length, USUAL_CID_BYTES)], 0, 0, length);
    ByteCursor cursor = new ByteCursor(head);
    Cid cid;
    try {
      cid = Cid.readFrom(cursor);
    } catch (MalformedCidException e) {
      if (head.length == length) {
        throw malformed(what, e);
      }
      head = read(what, Arrays.copyOf(head, length), head.length, head.length, length);
      cursor = new ByteCursor(head);
      cid = cid(what, cursor);
    }
    int came = cursor.remaining();
    byte[] bytes = new byte[came + length - head.length];
    System.arraycopy(head, head.length - came, bytes, 0, came);
    return Block.verify(cid, read(what, bytes, came, head.length, length));
  }

  private static Cid cid(String what, ByteCursor cursor) {
    try {
      return Cid.readFrom(cursor);
    } catch (MalformedCidException e) {
      throw malformed(what, e);
    }
  }

  private static MalformedCarException malformed(String what, MalformedCidException e) {
    return new MalformedCarException(what + ": " + e.getMessage(), e);
  }

  private byte @Nullable [] nextPart(String what, int limit) throws IOException {
    int length = nextLength(what, limit);
    return length < 0 ? null : read(what, new byte[length], 0, 0, length);
  }

  /** -1 at the end of the stream. */
  private int nextLength(String what, int limit) throws IOException {
    try {
      long length = nextLength();
      if (length == 0 || length > limit) {
        throw new MalformedCarException(
            "%s: %d bytes (expected: 1 to %d)".formatted(what, length, limit));
      }
      return (int) length;
    } catch (EOFException | NumberFormatException e) {
      throw new MalformedCarException(what + ": " + e.getMessage(), e);
    }
  }

  /**
   * Reads on until an array is full.
   *
   * @param at bytes of this part already read
   */
  private byte[] read(String what, byte[] into, int from, int at, int length) throws IOException {
    try {
      int read = in.readNBytes(into, from, into.length - from);
      if (read < into.length - from) {
        throw new MalformedCarException(
            "%s: cut after %d of %d bytes".formatted(what, at + read, length));
      }
      return into;
    } catch (EOFException e) {
      throw new MalformedCarException(what + ": " + e.getMessage(), e);
    }
  }

  /** -1 at the end of the stream. */
  private long nextLength() throws IOException {
    byte[] varint = new byte[Varint.MAX_BYTES];
    int read = 0;
    do {
      int b = in.read();
      if (b < 0) {
        if (read == 0) {
          return -1;
        }
        throw new EOFException("varint: cut after " + read + " bytes");
      }
      varint[read++] = (byte) b;
    } while (varint[read - 1] < 0 && read < varint.length);
    return new ByteCursor(Arrays.copyOf(varint, read)).varint();
  }
}
