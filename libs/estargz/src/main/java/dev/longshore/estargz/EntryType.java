package dev.longshore.estargz;

/** The kinds of tar entries that eStargz knows. */
enum EntryType {
  DIRECTORY('5', "dir"),
  FILE('0', "reg"),
  SYMLINK('2', "symlink"),
  HARD_LINK('1', "hardlink"),
  CHARACTER_DEVICE('3', "char"),
  BLOCK_DEVICE('4', "block"),
  FIFO('6', "fifo");

  private final char flag;
  private final String tocName;

  EntryType(char flag, String tocName) {
    this.flag = flag;
    this.tocName = tocName;
  }

  /** The kind with this flag. */
  static EntryType of(char flag) {
    return switch (flag) {
      case '0' -> FILE;
      case '1' -> HARD_LINK;
      case '2' -> SYMLINK;
      case '3' -> CHARACTER_DEVICE;
      case '4' -> BLOCK_DEVICE;
      case '5' -> DIRECTORY;
      case '6' -> FIFO;
      default -> throw new IllegalArgumentException("type flag: " + (int) flag);
    };
  }

  /** Its flag in the tar header. */
  char flag() {
    return flag;
  }

  /** Its name in the table of contents. */
  String tocName() {
    return tocName;
  }

  boolean isLink() {
    return this == SYMLINK || this == HARD_LINK;
  }

  boolean isDevice() {
    return this == CHARACTER_DEVICE || this == BLOCK_DEVICE;
  }
}
