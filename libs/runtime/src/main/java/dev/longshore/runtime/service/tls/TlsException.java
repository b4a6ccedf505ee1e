package dev.longshore.runtime.service.tls;

/** Certificates or a key that cannot be used; the message names the files and what they hold. */
public final class TlsException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  TlsException(String message, Throwable cause) {
    super(message, cause);
  }
}
