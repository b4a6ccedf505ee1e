package dev.longshore.ipfs.dagpb;

import dev.longshore.ipfs.wire.ProtoReader;
import dev.longshore.ipfs.wire.ProtoWriter;
import dev.longshore.model.Cid;
import dev.longshore.model.multiformats.Varint;
import java.nio.charset.StandardCharsets;

/**
 * A link of a dag-pb node.
 *
 * @param cid the child
 * @param name its name; empty for the parts of a file
 * @param tsize bytes of all blocks below, each counted once per link; 0 when unknown
 */
public record PbLink(Cid cid, String name, long tsize) {
  private static final int HASH = 1;
  private static final int NAME = 2;
  private static final int TSIZE = 3;

  public PbLink {
    if (tsize < 0) {
      throw new IllegalArgumentException("tsize: " + tsize + " (expected: 0 or more)");
    }
  }

  /** Parts of files have empty names; this skips UTF-8 encoding for them. */
  private byte[] nameBytes() {
    return name.isEmpty() ? NO_NAME : name.getBytes(StandardCharsets.UTF_8);
  }

  private static final byte[] NO_NAME = new byte[0];

  void writeTo(ProtoWriter node) {
    byte[] hash = cid.bytes();
    byte[] utf8 = nameBytes();
    int length =
        3
            + Varint.length(hash.length)
            + hash.length
            + Varint.length(utf8.length)
            + utf8.length
            + Varint.length(tsize);
    node.header(PbNode.LINKS, length).bytes(HASH, hash).bytes(NAME, utf8).varint(TSIZE, tsize);
  }

  /** Fields must come in order and at most once, as Kubo's decoder demands. */
  static PbLink readFrom(ProtoReader fields) {
    Cid cid = null;
    String name = "";
    long tsize = 0;
    int last = 0;
    while (fields.next()) {
      int field = fields.field();
      if (field <= last) {
        throw new IllegalArgumentException("link: field " + field + " behind field " + last);
      }
      last = field;
      switch (field) {
        case HASH -> cid = Cid.ofBytes(fields.bytes());
        case NAME -> name = Utf8.decode(fields.bytes());
        case TSIZE -> tsize = fields.varint();
        default -> throw new IllegalArgumentException("link: unknown field " + field);
      }
    }
    if (cid == null) {
      throw new IllegalArgumentException("link without a CID");
    }
    return new PbLink(cid, name, tsize);
  }
}
