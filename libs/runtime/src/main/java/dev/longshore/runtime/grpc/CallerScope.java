package dev.longshore.runtime.grpc;

import dev.longshore.runtime.access.Caller;
import dev.longshore.runtime.access.Certificates;
import dev.longshore.runtime.access.DeniedException;
import dev.longshore.runtime.access.Doorkeeper;
import dev.longshore.runtime.access.NotAdmittedException;
import dev.longshore.runtime.access.Scope;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;

/**
 * Lets calls in whose caller may do what the service is for. They show in metadata {@code
 * authorization} what HTTP has in its header.
 */
public final class CallerScope implements ServerInterceptor {
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private static final Context.Key<Caller> CALLER =
      Context.keyWithDefault("caller", Caller.ANONYMOUS);

  private final Doorkeeper doorkeeper;
  private final Scope scope;

  CallerScope(Doorkeeper doorkeeper, Scope scope) {
    this.doorkeeper = doorkeeper;
    this.scope = scope;
  }

  /** Who makes the call that this thread handles. */
  public static Caller caller() {
    return CALLER.get();
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    try {
      Caller caller = doorkeeper.admit(
              shown(headers),
              Certificates.shown(call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION)));
      caller.require(scope);
      return Contexts.interceptCall(
          Context.current().withValue(CALLER, caller), call, headers, next);
    } catch (NotAdmittedException e) {
      call.close(Status.UNAUTHENTICATED.withDescription(e.reason()), new Metadata());
    } catch (DeniedException e) {
      call.close(Status.PERMISSION_DENIED.withDescription(e.reason()), new Metadata());
    }
    return new ServerCall.Listener<>() {};
  }

  private static List<String> shown(Metadata headers) {
    List<String> shown = new ArrayList<>();
    Iterable<String> all = headers.getAll(AUTHORIZATION);
    if (all != null) {
      all.forEach(shown::add);
    }
    return shown;
  }
}
