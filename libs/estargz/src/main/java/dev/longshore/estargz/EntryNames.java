package dev.longshore.estargz;

import dev.longshore.estargz.EstargzException.Reason;

/** Converts names of entries to paths below the root. */
final class EntryNames {
  /** Linux's PATH_MAX, less its NUL: no file system takes a longer one. */
  static final int MAX_NAME_BYTES = 4095;

  static final String PREFETCH_LANDMARK = ".prefetch.landmark";
  static final String NO_PREFETCH_LANDMARK = ".no.prefetch.landmark";
  static final String TOC = "stargz.index.json";
  static final String WHITEOUT = ".wh.";
  static final String OPAQUE = ".wh..wh..opq";

  private EntryNames() {}

  /**
   * The name without {@code .}, empty parts, and slashes at the ends; the root is the empty name.
   *
   * @throws EstargzException when the name leaves the root or is too long
   */
  static String clean(String what, String name) throws EstargzException {
    if (name.length() > MAX_NAME_BYTES) {
      throw new EstargzException(
          Reason.NAME_REFUSED,
          "%s %s: %d bytes, the limit is %d"
              .formatted(what, ByteText.shown(name), name.length(), MAX_NAME_BYTES));
    }
    if (isClean(name)) {
      return name;
    }
    var clean = new StringBuilder(name.length());
    int at = 0;
    while (at < name.length()) {
      int slash = name.indexOf('/', at);
      int end = slash < 0 ? name.length() : slash;
      append(clean, what, name, at, end);
      at = end + 1;
    }
    return clean.toString();
  }

  /** Whether the name can be cleaned. */
  static boolean isPath(String name) {
    return name.length() <= MAX_NAME_BYTES && !("/" + name + "/").contains("/../");
  }

  private static void append(StringBuilder clean, String what, String name, int from, int to)
      throws EstargzException {
    int length = to - from;
    if (length == 0 || (length == 1 && name.charAt(from) == '.')) {
      return;
    }
    if (length == 2 && name.startsWith("..", from)) {
      throw new EstargzException(
          Reason.NAME_REFUSED,
          "%s %s: a part of it is '..', which leaves its folder"
              .formatted(what, ByteText.shown(name)));
    }
    if (!clean.isEmpty()) {
      clean.append('/');
    }
    clean.append(name, from, to);
  }

  /** Most names are clean; those with a dot or slash at an end of a part need a closer look. */
  private static boolean isClean(String name) {
    boolean atStart = true;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (atStart && (c == '.' || c == '/')) {
        return false;
      }
      atStart = c == '/';
    }
    return !atStart;
  }

  /** The folder of a clean name; the root's is the root. */
  static String parent(String clean) {
    int slash = clean.lastIndexOf('/');
    return slash < 0 ? "" : clean.substring(0, slash);
  }

  static String base(String clean) {
    return clean.substring(clean.lastIndexOf('/') + 1);
  }

  static String within(String folder, String base) {
    return folder.isEmpty() ? base : folder + "/" + base;
  }

  static boolean isLandmark(String clean) {
    return clean.equals(PREFETCH_LANDMARK) || clean.equals(NO_PREFETCH_LANDMARK);
  }
}
