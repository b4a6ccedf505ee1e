package dev.longshore.ipfs.unixfs;

/** Checks names of directory entries by the rules of file systems that may hold a copy. */
final class EntryName {
  private EntryName() {}

  static void require(String name) {
    if (name.isEmpty()
        || name.equals(".")
        || name.equals("..")
        || name.indexOf('/') >= 0
        || name.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "entry name: \"" + name + "\" (expected: not empty, . or .., without / and NUL)");
    }
  }
}
