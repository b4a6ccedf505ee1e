package dev.longshore.resolver.registry;

/** A refused request. */
final class RequestException extends Exception {
  private static final long serialVersionUID = 1L;
  private final transient OciError error;

  RequestException(int status, OciError.Code code, String message) {
    super(message);
    this.error = new OciError(status, code, message);
  }

  OciError error() {
    return error;
  }
}
