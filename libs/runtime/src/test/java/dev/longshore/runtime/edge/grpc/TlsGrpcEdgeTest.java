package dev.longshore.runtime.edge.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.runtime.edge.rights.Scope;
import dev.longshore.runtime.testing.TlsFiles;
import dev.longshore.testing.TestAuthority;
import io.grpc.BindableService;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TlsGrpcEdgeTest {
  private static final MethodDescriptor<String, String> ECHO =
      MethodDescriptor.<String, String>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("test.Echo/Echo")
          .setRequestMarshaller(new Text())
          .setResponseMarshaller(new Text())
          .build();

  @TempDir Path folder;
  private TlsFiles files;
  private @Nullable GrpcEdge edge;

  /** Strings as UTF-8. */
  private static final class Text implements MethodDescriptor.Marshaller<String> {
    @Override
    public InputStream stream(String value) {
      return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String parse(InputStream stream) {
      try {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @BeforeEach
  void writeFiles() throws IOException {
    files = TlsFiles.write(folder);
  }

  @AfterEach
  void close() throws Exception {
    if (edge != null) {
      edge.stop(Duration.ZERO);
    }
  }

  private void start(@Nullable Path clientCa) throws IOException {
    BindableService echo =
        () ->
            ServerServiceDefinition.builder("test.Echo")
                .addMethod(
                    ECHO,
                    ServerCalls.asyncUnaryCall(
                        (request, answers) -> {
                          answers.onNext(request);
                          answers.onCompleted();
                        }))
                .build();
    edge = new GrpcEdge("test", files.listener(clientCa), Scope.HEALTH, echo);
    edge.start();
  }

  private ManagedChannel connect(boolean withCertificate) throws IOException {
    SslContextBuilder tls = GrpcSslContexts.forClient().trustManager(files.ca().toFile());
    if (withCertificate) {
      tls.keyManager(files.file("caller.pem").toFile(), files.file("caller.key").toFile());
    }
    return NettyChannelBuilder.forAddress("localhost", edge.address().port())
        .sslContext(tls.build())
        .build();
  }

  private static String echo(ManagedChannel channel) {
    return ClientCalls.blockingUnaryCall(
        channel, ECHO, CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS), "hello");
  }

  private String echo(boolean withCertificate) throws Exception {
    ManagedChannel channel = connect(withCertificate);
    try {
      return echo(channel);
    } finally {
      channel.shutdownNow();
      channel.awaitTermination(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void speaksTlsWithTheCertificateOfItsSettings() throws Exception {
    start(null);

    assertThat(echo(false)).isEqualTo("hello");
  }

  @Test
  void letsNobodyInWithoutACertificateOfTheNamedAuthority() throws Exception {
    start(files.ca());

    assertThat(echo(true)).isEqualTo("hello");
    assertThatThrownBy(() -> echo(false))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("UNAVAILABLE");
  }

  @Test
  void refusesTheNextCallOfOneWhoseAuthorityWasWithdrawn() throws Exception {
    Path callers = files.authority().writeCertificate(files.file("callers.pem"));
    start(callers);
    ManagedChannel channel = connect(true);
    try {
      assertThat(echo(channel)).isEqualTo("hello");

      new TestAuthority("Next").writeCertificate(callers);
      Objects.requireNonNull(edge.tls()).look();

      assertThatThrownBy(() -> echo(channel)).hasMessageContaining("UNAUTHENTICATED");
    } finally {
      channel.shutdownNow();
      channel.awaitTermination(10, TimeUnit.SECONDS);
    }
  }
}
