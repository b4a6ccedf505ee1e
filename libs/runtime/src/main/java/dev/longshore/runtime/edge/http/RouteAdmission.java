package dev.longshore.runtime.edge.http;

import dev.longshore.runtime.edge.access.CallHeaders;
import dev.longshore.runtime.edge.rights.Caller;
import dev.longshore.runtime.edge.rights.Operation;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Admits callers that the listener does not know, by a secret that opens this route alone. */
public interface RouteAdmission {
  /**
   * The operation of the route, if it is closed to callers that the listener admits; empty if they
   * may call it too.
   */
  default Optional<Operation> alone() {
    return Optional.empty();
  }

  /** The path without secrets, for logs, traces and the audit log. */
  String shown(String path);

  /**
   * The claim of a caller that the listener refused or does not authenticate; empty without valid
   * credentials for this route.
   *
   * @throws HttpFailure when that cannot be decided now
   */
  Optional<Claim> claim(String path, CallHeaders headers) throws HttpFailure;

  /**
   * A caller's claim, whose proof may need the body. Until it holds, the caller is a stranger.
   *
   * @param caller who called, if it holds
   * @param ofBody what the body must prove; null if the claim is proven already
   */
  record Claim(Caller caller, @Nullable OfBody ofBody) {}

  /** Whether the body is the caller's; counts failed proofs. */
  @FunctionalInterface
  interface OfBody {
    boolean holds(byte[] body);
  }
}
