package dev.longshore.resolver.content;

import dev.longshore.ipfs.kubo.Fault;
import dev.longshore.ipfs.kubo.KuboException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Known content that cannot be had now, or whose bytes are not what they should be. Where a stream
 * ends with it, what came so far must not be passed off as the whole.
 */
public final class UnavailableException extends IOException {
  private static final long serialVersionUID = 1L;
  private final Reason reason;
  private final String message;

  /** Why it cannot be had. */
  public enum Reason {
    /** The node refused, broke off, or gave bytes that do not match. */
    BAD_SOURCE,
    /** Nothing came for as long as the configured time without progress. */
    NO_PROGRESS,
    /** As many fetches as configured are under way already. */
    BUSY
  }

  public UnavailableException(Reason reason, String message) {
    this(reason, message, null);
  }

  public UnavailableException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.message = message;
  }

  /** What a failed reading from a node means. */
  public static UnavailableException reading(String what, IOException cause) {
    if (cause instanceof UnavailableException known) {
      return known;
    }
    boolean stalled =
        cause instanceof SocketTimeoutException
            || (cause instanceof KuboException kubo
                && (kubo.fault() == Fault.TIMEOUT || kubo.fault() == Fault.STALLED));
    return new UnavailableException(
        stalled ? Reason.NO_PROGRESS : Reason.BAD_SOURCE, what + ": " + cause.getMessage(), cause);
  }

  /** The same for another one who waited for it. */
  public UnavailableException again() {
    return new UnavailableException(reason, message, this);
  }

  public Reason reason() {
    return reason;
  }

  @Override
  public String getMessage() {
    return message;
  }
}
