package dev.longshore.ipfs.dagpb;

import dev.longshore.ipfs.MalformedBytesException;
import dev.longshore.ipfs.wire.ProtoReader;
import dev.longshore.ipfs.wire.ProtoWriter;
import dev.longshore.model.multiformats.ByteCursor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A dag-pb node: links and data (IPLD DAG-PB specification). */
public final class PbNode {
  static final int DATA = 1;
  static final int LINKS = 2;

  /** A link with a CIDv1-sha256 and a short name. */
  private static final int TYPICAL_LINK_BYTES = 64;

  private final List<PbLink> links;
  private final byte @Nullable [] data;

  public PbNode(List<PbLink> links, byte @Nullable [] data) {
    this.links = List.copyOf(links);
    this.data = data == null ? null : data.clone();
  }

  public List<PbLink> links() {
    return links;
  }

  /** The data field; null when the node has none, which differs from an empty one. */
  public byte @Nullable [] data() {
    return data == null ? null : data.clone();
  }

  /** Links first, in the order given, then data: the bytes that Kubo writes. */
  public byte[] encode() {
    int dataLength = data == null ? 0 : data.length;
    ProtoWriter out = new ProtoWriter(links.size() * TYPICAL_LINK_BYTES + dataLength + 16);
    for (PbLink link : links) {
      link.writeTo(out);
    }
    if (data != null) {
      out.bytes(DATA, data);
    }
    return out.toByteArray();
  }

  /**
   * Reads what Kubo reads: data before or after the links, no repeated or unknown field.
   *
   * @throws MalformedBytesException when the bytes are no such node
   */
  public static PbNode decode(byte[] bytes) {
    try {
      return read(new ProtoReader(new ByteCursor(bytes)));
    } catch (IllegalArgumentException e) {
      throw new MalformedBytesException(
          "dag-pb node of " + bytes.length + " bytes: " + e.getMessage(), e);
    }
  }

  /**
   * Reads only the canonical form, so that the node encodes to the same bytes.
   *
   * @throws MalformedBytesException when the bytes are no node, or not in that form
   */
  public static PbNode decodeStrict(byte[] bytes) {
    PbNode node = decode(bytes);
    if (!Arrays.equals(bytes, node.encode())) {
      throw new MalformedBytesException(
          "dag-pb node of " + bytes.length + " bytes: not in canonical form");
    }
    return node;
  }

  private static PbNode read(ProtoReader fields) {
    List<PbLink> links = new ArrayList<>();
    byte[] data = null;
    boolean linksEnded = false;
    while (fields.next()) {
      switch (fields.field()) {
        case DATA -> {
          if (data != null) {
            throw new IllegalArgumentException("data twice");
          }
          data = fields.bytes();
          linksEnded = !links.isEmpty();
        }
        case LINKS -> {
          if (linksEnded) {
            throw new IllegalArgumentException("links on both sides of data");
          }
          links.add(PbLink.readFrom(new ProtoReader(fields.message())));
        }
        default -> throw new IllegalArgumentException("unknown field " + fields.field());
      }
    }
    return new PbNode(links, data);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PbNode that
        && links.equals(that.links)
        && Arrays.equals(data, that.data);
  }

  @Override
  public int hashCode() {
    return links.hashCode() * 31 + Arrays.hashCode(data);
  }
}
