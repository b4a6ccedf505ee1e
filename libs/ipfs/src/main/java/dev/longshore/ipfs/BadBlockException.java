package dev.longshore.ipfs;

/** A block that is too large, or whose bytes do not hash to its CID. */
public final class BadBlockException extends IpfsDataException {
  private static final long serialVersionUID = 1L;

  public BadBlockException(String message) {
    super(message);
  }
}
