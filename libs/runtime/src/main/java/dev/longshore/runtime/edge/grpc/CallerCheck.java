package dev.longshore.runtime.edge.grpc;

import dev.longshore.runtime.service.tls.ServerTls;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import javax.net.ssl.SSLSession;

/** Admits calls whose connection's certificate is still trusted. */
final class CallerCheck implements ServerInterceptor {
  private final ServerTls tls;

  CallerCheck(ServerTls tls) {
    this.tls = tls;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    if (session != null && tls.believes(session)) {
      return next.startCall(call, headers);
    }
    call.close(
        Status.UNAUTHENTICATED.withDescription("this certificate is not believed"), new Metadata());
    return new ServerCall.Listener<>() {};
  }
}
