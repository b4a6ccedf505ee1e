package dev.longshore.ipfs;

/** Content that is not what it claims to be. The same bytes always fail again. */
public abstract sealed class IpfsDataException extends RuntimeException
    permits MalformedBytesException,
        MalformedCarException,
        BadBlockException,
        BadDagException,
        PathNotFoundException {
  private static final long serialVersionUID = 1L;

  IpfsDataException(String message) {
    super(message);
  }

  IpfsDataException(String message, Throwable cause) {
    super(message, cause);
  }
}
