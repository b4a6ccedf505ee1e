package dev.longshore.ipfs;

/** A block that is no dag-pb node or no UnixFS entry. */
public final class MalformedBytesException extends IpfsDataException {
  private static final long serialVersionUID = 1L;

  public MalformedBytesException(String message) {
    super(message);
  }

  public MalformedBytesException(String message, Throwable cause) {
    super(message, cause);
  }
}
