package dev.longshore.ipfs;

/** A stream that is no CARv1. */
public final class MalformedCarException extends IpfsDataException {
  private static final long serialVersionUID = 1L;

  public MalformedCarException(String message) {
    super(message);
  }

  public MalformedCarException(String message, Throwable cause) {
    super(message, cause);
  }
}
