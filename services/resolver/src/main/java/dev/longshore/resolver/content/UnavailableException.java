package dev.longshore.resolver.content;

import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Known content that is unavailable now, or whose bytes are wrong. If a stream ends with it, the
 * bytes so far must not pass for the whole.
 */
public final class UnavailableException extends IOException {
  private static final long serialVersionUID = 1L;
  private final Reason reason;
  private final String message;

  /** Why it is unavailable. */
  public enum Reason {
    /** The node refused, aborted the transfer, or sent wrong bytes. */
    BAD_SOURCE,
    /** Nothing came for the configured time without progress. */
    NO_PROGRESS,
    /** The configured number of fetches is already running. */
    BUSY,
    /** It is not here, and its source does not provide it now. */
    NOT_HERE
  }

  public UnavailableException(Reason reason, String message) {
    this(reason, message, null);
  }

  public UnavailableException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.message = message;
  }

  /** The failure that a failed read from a node means. */
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

  /** The same for another caller that waited for it. */
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
