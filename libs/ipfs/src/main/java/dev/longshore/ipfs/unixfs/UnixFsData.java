package dev.longshore.ipfs.unixfs;

import dev.longshore.ipfs.MalformedBytesException;
import dev.longshore.ipfs.wire.ProtoReader;
import dev.longshore.ipfs.wire.ProtoWriter;
import dev.longshore.model.multiformats.ByteCursor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The UnixFS message that a dag-pb node carries as its data (UnixFS specification, "Data"). */
public final class UnixFsData {
  private static final int TYPE = 1;
  private static final int DATA = 2;
  private static final int FILE_SIZE = 3;
  private static final int BLOCK_SIZES = 4;
  private static final int HASH_TYPE = 5;
  private static final int FANOUT = 6;

  private final UnixFsType type;
  private final byte @Nullable [] data;
  private final @Nullable Long fileSize;
  private final long[] blockSizes;
  private final @Nullable Long hashType;
  private final @Nullable Long fanout;

  private UnixFsData(
      UnixFsType type,
      byte @Nullable [] data,
      @Nullable Long fileSize,
      long[] blockSizes,
      @Nullable Long hashType,
      @Nullable Long fanout) {
    this.type = type;
    this.data = data;
    this.fileSize = fileSize;
    this.blockSizes = blockSizes;
    this.hashType = hashType;
    this.fanout = fanout;
  }

  /** An inner node of a file: the bytes below each of its links, in their order. */
  static UnixFsData fileNode(long[] blockSizes) {
    long total = Arrays.stream(blockSizes).sum();
    return new UnixFsData(UnixFsType.FILE, null, total, blockSizes.clone(), null, null);
  }

  static UnixFsData directory() {
    return new UnixFsData(UnixFsType.DIRECTORY, null, null, new long[0], null, null);
  }

  static UnixFsData shard(byte[] bitfield, long hashType, long fanout) {
    return new UnixFsData(
        UnixFsType.HAMT_SHARD, bitfield.clone(), null, new long[0], hashType, fanout);
  }

  public UnixFsType type() {
    return type;
  }

  /** Bytes carried here: file content, a symlink's target or a shard's bitfield. */
  public byte[] data() {
    return data == null ? new byte[0] : data.clone();
  }

  /** Bytes of the file below this node, or of the inline data if the writer left this out. */
  public long fileSize() {
    return fileSize == null ? data().length : fileSize;
  }

  /** Bytes of the file below each link. */
  public long[] blockSizes() {
    return blockSizes.clone();
  }

  /** Multicodec of a shard's hash function; 0 when absent. */
  public long hashType() {
    return hashType == null ? 0 : hashType;
  }

  /** Slots of a shard; 0 when absent. */
  public long fanout() {
    return fanout == null ? 0 : fanout;
  }

  public byte[] encode() {
    int dataLength = data == null ? 0 : data.length;
    ProtoWriter out = new ProtoWriter(dataLength + 32 + blockSizes.length * 6);
    out.varint(TYPE, type.code());
    if (data != null) {
      out.bytes(DATA, data);
    }
    if (fileSize != null) {
      out.varint(FILE_SIZE, fileSize);
    }
    for (long size : blockSizes) {
      out.varint(BLOCK_SIZES, size);
    }
    if (hashType != null) {
      out.varint(HASH_TYPE, hashType);
    }
    if (fanout != null) {
      out.varint(FANOUT, fanout);
    }
    return out.toByteArray();
  }

  /**
   * Reads a message, ignoring unknown fields (mode, mtime).
   *
   * @throws MalformedBytesException when it is invalid
   */
  public static UnixFsData decode(byte[] bytes) {
    try {
      return read(new ProtoReader(new ByteCursor(bytes)));
    } catch (IllegalArgumentException e) {
      throw new MalformedBytesException(
          "UnixFS data of " + bytes.length + " bytes: " + e.getMessage(), e);
    }
  }

  private static UnixFsData read(ProtoReader fields) {
    UnixFsType type = null;
    byte[] data = null;
    Long fileSize = null;
    Long hashType = null;
    Long fanout = null;
    LongList blockSizes = new LongList();
    while (fields.next()) {
      switch (fields.field()) {
        case TYPE -> type = UnixFsType.of(fields.varint());
        case DATA -> data = fields.bytes();
        case FILE_SIZE -> fileSize = fields.varint();
        case BLOCK_SIZES -> blockSizes.readFrom(fields);
        case HASH_TYPE -> hashType = fields.varint();
        case FANOUT -> fanout = fields.varint();
        default -> fields.skip();
      }
    }
    if (type == null) {
      throw new IllegalArgumentException("no type");
    }
    return new UnixFsData(type, data, fileSize, blockSizes.toArray(), hashType, fanout);
  }
}
