package dev.longshore.resolver.registry;

import dev.longshore.resolver.image.ForgottenException;

/** A refused request. */
final class RequestException extends Exception {
  private static final long serialVersionUID = 1L;
  private final transient OciError error;

  RequestException(int status, OciError.Code code, String message) {
    super(message);
    this.error = new OciError(status, code, message);
  }

  /** What people decided to forget, is refused to everybody. */
  static RequestException denied(ForgottenException e) {
    return new RequestException(403, OciError.Code.DENIED, String.valueOf(e.getMessage()));
  }

  OciError error() {
    return error;
  }
}
