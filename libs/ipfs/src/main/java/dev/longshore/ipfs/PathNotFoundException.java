package dev.longshore.ipfs;

/** A path that leads to nothing below its root. */
public final class PathNotFoundException extends IpfsDataException {
  private static final long serialVersionUID = 1L;

  public PathNotFoundException(String message) {
    super(message);
  }
}
