package dev.longshore.containerd;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientStreamTracer;
import io.grpc.ClientStreamTracer.StreamInfo;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;

/**
 * Whether a call reached a connection. One that failed earlier had no effect at the other end; its
 * status does not distinguish that from a broken connection.
 */
final class Sent implements ClientInterceptor {
  private volatile boolean sent;

  boolean isSent() {
    return sent;
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    return next.newCall(method, options.withStreamTracerFactory(new Factory()));
  }

  private final class Factory extends ClientStreamTracer.Factory {
    @Override
    public ClientStreamTracer newClientStreamTracer(StreamInfo info, Metadata headers) {
      return new ClientStreamTracer() {
        @Override
        public void streamCreated(Attributes connection, Metadata sentHeaders) {
          sent = true;
        }
      };
    }
  }
}
