package dev.longshore.runtime.edge.http;

import dev.longshore.runtime.edge.access.CallHeaders;
import dev.longshore.runtime.edge.rights.Caller;
import java.util.Optional;

/** Admits callers that the listener does not know, by a secret that opens this route alone. */
public interface RouteAdmission {
  /** The path without secrets, for logs, traces and the audit log. */
  String shown(String path);

  /** What a caller whom the listener refused shows for this route; empty if nothing. */
  Optional<Claim> claim(String path, CallHeaders headers);

  /**
   * A caller's claim, whose proof may need the body. Until it holds, the caller is a stranger.
   *
   * @param caller who called, if it holds
   */
  record Claim(Caller caller, OfBody ofBody) {
    /** One that is proven without the body. */
    public Claim(Caller caller) {
      this(caller, _ -> true);
    }
  }

  /** Whether the body is the caller's; counts what is not. */
  @FunctionalInterface
  interface OfBody {
    boolean holds(byte[] body);
  }
}
