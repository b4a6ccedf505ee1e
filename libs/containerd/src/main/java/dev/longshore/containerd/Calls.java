package dev.longshore.containerd;

import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.StatusException;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.MetadataUtils;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Calls to one containerd, with a deadline and errors that name it. */
record Calls(String node, Path socket, SocketConnection connection) {
  /** containerd answers in milliseconds; the first calls after its start wait for its plugins. */
  static final Duration LIMIT = Duration.ofSeconds(10);

  static final Metadata.Key<String> NAMESPACE =
      Metadata.Key.of("containerd-namespace", Metadata.ASCII_STRING_MARSHALLER);

  @FunctionalInterface
  interface Call<T> {
    T run() throws StatusException;
  }

  <T> T run(Attempt attempt, Call<T> call) throws RegistryException {
    try {
      return call.run();
    } catch (StatusException e) {
      // Callers pause by themselves; gRPC's own pauses grow to two minutes.
      connection.channel().resetConnectBackoff();
      throw Statuses.failed(attempt, e);
    }
  }

  Attempt attempt(String action) {
    return new Attempt(action, "in containerd " + node + " at " + socket);
  }

  /** A channel for one namespace. */
  Channel in(String namespace) {
    Metadata headers = new Metadata();
    headers.put(NAMESPACE, namespace);
    return ClientInterceptors.intercept(
        connection.channel(), MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  static <S extends AbstractStub<S>> S within(S stub) {
    return within(stub, LIMIT);
  }

  static <S extends AbstractStub<S>> S within(S stub, Duration limit) {
    return stub.withDeadlineAfter(limit.toNanos(), TimeUnit.NANOSECONDS);
  }
}
