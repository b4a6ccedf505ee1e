package dev.longshore.ipfs;

/** A text or bytes that are no CID. */
public final class MalformedCidException extends IpfsDataException {
  private static final long serialVersionUID = 1L;

  public MalformedCidException(String message) {
    super(message);
  }

  public MalformedCidException(String message, Throwable cause) {
    super(message, cause);
  }
}
