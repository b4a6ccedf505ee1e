package dev.longshore.runtime.edge.http;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request is answered with an error. The caller sees the message. */
public final class HttpFailure extends Exception {
  private static final long serialVersionUID = 1L;
  private final int status;
  private final String code;
  private final Map<String, String> headers;

  /**
   * @param status 400 to 599
   * @param code stable name for programs, such as {@code NOT_FOUND}
   * @param message for people, without secrets
   * @param headers of the response, such as Retry-After
   * @param cause for the log only
   */
  public HttpFailure(
      int status,
      String code,
      String message,
      Map<String, String> headers,
      @Nullable Throwable cause) {
    super(message, cause);
    if (status < 400 || status > 599) {
      throw new IllegalArgumentException("status: " + status + " (expected: 400 to 599)");
    }
    this.status = status;
    this.code = code;
    this.headers = Map.copyOf(headers);
  }

  /** One without headers or cause. */
  public HttpFailure(int status, String code, String message) {
    this(status, code, message, Map.of(), null);
  }

  /** 403, as registries word it. */
  public static HttpFailure denied(String reason) {
    return new HttpFailure(403, "DENIED", reason);
  }

  /** 401 for callers with a bearer token; does not say what is wrong with it. */
  public static HttpFailure notAccepted() {
    return new HttpFailure(
        401,
        "UNAUTHORIZED",
        "these credentials are not accepted",
        Map.of("WWW-Authenticate", "Bearer realm=\"longshore\""),
        null);
  }

  /** 500 for a defect, which the log has with the request's id. */
  static HttpFailure internal(String request, Throwable defect) {
    return new HttpFailure(
        500,
        "INTERNAL",
        "something went wrong here; the log has it under request " + request,
        Map.of(),
        defect);
  }

  public int status() {
    return status;
  }

  public String code() {
    return code;
  }

  public Map<String, String> headers() {
    return headers;
  }

  /** The message, never null. */
  public String reason() {
    return String.valueOf(getMessage());
  }
}
