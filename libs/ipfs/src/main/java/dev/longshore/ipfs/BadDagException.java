package dev.longshore.ipfs;

/** Blocks that are valid on their own but contradict each other: sizes, depth, kind. */
public final class BadDagException extends IpfsDataException {
  private static final long serialVersionUID = 1L;

  public BadDagException(String message) {
    super(message);
  }
}
