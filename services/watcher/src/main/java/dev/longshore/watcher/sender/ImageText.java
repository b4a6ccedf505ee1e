package dev.longshore.watcher.sender;

/**
 * A whole name as senders write it: {@code HOST/REPOSITORY:TAG@DIGEST}, each part but the
 * repository optional. The host is left out: it does not say which registry is asked.
 *
 * @param tag empty if it has none
 * @param digest empty if it has none
 */
record ImageText(String repository, String tag, String digest) {
  static ImageText of(String text) {
    int at = text.indexOf('@');
    String name = at < 0 ? text : text.substring(0, at);
    int slash = name.lastIndexOf('/');
    int colon = name.indexOf(':', slash + 1);
    String path = colon < 0 ? name : name.substring(0, colon);
    return new ImageText(
        withoutHost(path),
        colon < 0 ? "" : name.substring(colon + 1),
        at < 0 ? "" : text.substring(at + 1));
  }

  private static String withoutHost(String path) {
    int slash = path.indexOf('/');
    String first = slash < 0 ? "" : path.substring(0, slash);
    boolean host = first.indexOf('.') >= 0 || first.indexOf(':') >= 0 || first.equals("localhost");
    return host ? path.substring(slash + 1) : path;
  }

  /** Whether a text is a digest, where senders write a tag or a digest. */
  static boolean isDigest(String reference) {
    return reference.indexOf(':') >= 0;
  }
}
