package dev.longshore.resolver.registry;

/**
 * Part of a body.
 *
 * @param first offset of its first byte
 * @param last offset of its last byte, not before the first
 */
record ContentRange(long first, long last) {
  long length() {
    return last - first + 1;
  }

  /** Formatted for {@code Content-Range}. */
  String of(long size) {
    return "bytes " + first + "-" + last + "/" + size;
  }
}
