package dev.longshore.runtime.edge.grpc;

import dev.longshore.runtime.edge.access.Authenticator;
import dev.longshore.runtime.edge.access.Certificates;
import dev.longshore.runtime.edge.access.NotAdmittedException;
import dev.longshore.runtime.edge.access.PersonRefusedException;
import dev.longshore.runtime.edge.audit.CallAudit;
import dev.longshore.runtime.edge.rights.ApiCall;
import dev.longshore.runtime.edge.rights.Caller;
import dev.longshore.runtime.edge.rights.DeniedException;
import dev.longshore.runtime.edge.rights.Operation;
import dev.longshore.runtime.edge.rights.Scope;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Admits calls whose caller has the service's scope. Metadata takes the place of HTTP headers. */
public final class CallerScope implements ServerInterceptor {
  private static final Context.Key<ApiCall> VISIT = Context.key("visit");

  private final Authenticator authenticator;
  private final Scope scope;
  private final CallAudit callAudit;

  CallerScope(Authenticator authenticator, Scope scope, CallAudit callAudit) {
    this.authenticator = authenticator;
    this.scope = scope;
    this.callAudit = callAudit;
  }

  /** The call being handled by this thread. */
  public static ApiCall visit() {
    ApiCall visit = VISIT.get();
    if (visit == null) {
      throw new IllegalStateException("no call is handled by this thread");
    }
    return visit;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    ApiCall visit = new ApiCall(Caller.ANONYMOUS, Operation.of(scope));
    try {
      visit = new ApiCall(caller(call, headers), Operation.of(scope));
      visit.caller().require(scope);
      Told<Q, A> told = new Told<>(call, visit, callAudit);
      return Contexts.interceptCall(Context.current().withValue(VISIT, visit), told, headers, next);
    } catch (NotAdmittedException e) {
      refuse(call, visit, Status.UNAUTHENTICATED.withDescription(e.reason()));
    } catch (DeniedException e) {
      refuse(call, visit, Status.PERMISSION_DENIED.withDescription(e.reason()));
    } catch (PersonRefusedException e) {
      visit = new ApiCall(e.caller(), Operation.of(scope));
      refuse(call, visit, Status.PERMISSION_DENIED.withDescription(e.reason()));
    }
    return new ServerCall.Listener<>() {};
  }

  private Caller caller(ServerCall<?, ?> call, Metadata headers)
      throws NotAdmittedException, PersonRefusedException {
    return authenticator.admit(
        name -> all(headers, name),
        Certificates.shown(call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION)));
  }

  private static List<String> all(Metadata headers, String name) {
    List<String> values = new ArrayList<>();
    Iterable<String> all = headers.getAll(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
    if (all != null) {
      all.forEach(values::add);
    }
    return values;
  }

  private <Q, A> void refuse(ServerCall<Q, A> call, ApiCall visit, Status status) {
    new Told<>(call, visit, callAudit).close(status, new Metadata());
  }

  /** Records the call when it ends. */
  private static final class Told<Q, A> extends SimpleForwardingServerCall<Q, A> {
    private final ApiCall visit;
    private final CallAudit callAudit;

    Told(ServerCall<Q, A> call, ApiCall visit, CallAudit callAudit) {
      super(call);
      this.visit = visit;
      this.callAudit = callAudit;
    }

    @Override
    public void close(Status status, Metadata trailers) {
      Status.Code code = status.getCode();
      callAudit.ended(
          visit,
          address(getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)),
          getMethodDescriptor().getFullMethodName(),
          code.name(),
          code == Status.Code.UNAUTHENTICATED || code == Status.Code.PERMISSION_DENIED,
          io.opentelemetry.context.Context.current());
      super.close(status, trailers);
    }

    private static @Nullable String address(@Nullable SocketAddress remote) {
      return remote instanceof InetSocketAddress inet && inet.getAddress() != null
          ? inet.getAddress().getHostAddress()
          : null;
    }
  }
}
