package dev.longshore.ipfs.unixfs;

/** What a UnixFS node is (UnixFS specification, "DataType"). */
public enum UnixFsType {
  RAW(0),
  DIRECTORY(1),
  FILE(2),
  METADATA(3),
  SYMLINK(4),
  HAMT_SHARD(5);

  private final int code;

  UnixFsType(int code) {
    this.code = code;
  }

  long code() {
    return code;
  }

  static UnixFsType of(long code) {
    for (UnixFsType type : values()) {
      if (type.code == code) {
        return type;
      }
    }
    throw new IllegalArgumentException("type " + code + " (expected: 0 to 5)");
  }
}
