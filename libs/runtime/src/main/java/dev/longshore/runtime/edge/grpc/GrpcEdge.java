package dev.longshore.runtime.edge.grpc;

import dev.longshore.runtime.edge.access.Authenticator;
import dev.longshore.runtime.edge.access.CallerPlaces;
import dev.longshore.runtime.edge.access.ListenerSettings;
import dev.longshore.runtime.edge.audit.AuditSink;
import dev.longshore.runtime.edge.audit.CallAudit;
import dev.longshore.runtime.edge.rights.Scope;
import dev.longshore.runtime.service.lifecycle.Part;
import dev.longshore.runtime.service.tls.ServerTls;
import dev.longshore.settings.value.Listen;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The gRPC listener; each call runs on a virtual thread of its own. */
public final class GrpcEdge implements Part {
  private static final Logger LOG = LoggerFactory.getLogger(GrpcEdge.class);

  /** Limit in bytes of a request: several times the longest question. */
  private static final int MAX_REQUEST = 16 * 1024;

  /** Limit in bytes of a request's headers: a bearer token of 8 KiB fits. */
  private static final int MAX_HEADERS = 16 * 1024;

  /** Limit of concurrent calls on one connection. */
  private static final int MAX_CALLS = 256;

  /** They move bytes only; calls run elsewhere. */
  private static final int LOOPS = 2;

  /** Time that a stop waits for interrupted calls. */
  private static final Duration CUT_SHORT = Duration.ofSeconds(5);

  private final String name;
  private final ListenerSettings listener;
  private final Scope scope;
  private final CallAudit callAudit;
  private final BindableService service;
  private final GrpcLimits limits;
  private @Nullable ServerTls tls;
  private @Nullable Server server;
  private @Nullable ExecutorService threads;
  private @Nullable EventLoopGroup loops;

  /**
   * Creates an edge without starting it.
   *
   * @param name such as {@code resolver}, for errors and logs
   * @param scope the scope that callers need
   */
  public GrpcEdge(String name, ListenerSettings listener, Scope scope, BindableService service) {
    this(name, listener, scope, service, AuditSink.NONE);
  }

  /**
   * Creates an edge without starting it.
   *
   * @param audit records calls and their callers
   */
  public GrpcEdge(
      String name,
      ListenerSettings listener,
      Scope scope,
      BindableService service,
      AuditSink audit) {
    this(name, listener, scope, service, audit, GrpcLimits.USUAL);
  }

  GrpcEdge(
      String name,
      ListenerSettings listener,
      Scope scope,
      BindableService service,
      AuditSink audit,
      GrpcLimits limits) {
    this.limits = limits;
    this.callAudit = new CallAudit(audit, name + " gRPC", InstantSource.system());
    this.name = name;
    this.listener = listener;
    this.scope = scope;
    this.service = service;
  }

  @Override
  public String name() {
    return name + " gRPC listener";
  }

  /** Its TLS, once started; null if it has none. */
  @Nullable ServerTls tls() {
    return tls;
  }

  /** The address it listens on; with the real port, once started. */
  public Listen address() {
    return new Listen(listener.listen().host(), server == null ? 0 : server.getPort());
  }

  @Override
  public void start() throws IOException {
    ExecutorService own =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("grpc-", 0).factory());
    EventLoopGroup ownLoops = new MultiThreadIoEventLoopGroup(LOOPS, NioIoHandler.newFactory());
    CallerPlaces places = new CallerPlaces(limits.connections());
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(listener.listen().address())
            .channelFactory(() -> new LimitedListener(places))
            .bossEventLoopGroup(ownLoops)
            .workerEventLoopGroup(ownLoops)
            .handshakeTimeout(limits.handshake().toMillis(), TimeUnit.MILLISECONDS)
            .maxConnectionIdle(limits.idle().toMillis(), TimeUnit.MILLISECONDS)
            .maxConnectionAge(limits.age().toMillis(), TimeUnit.MILLISECONDS)
            .maxConnectionAgeGrace(limits.grace().toMillis(), TimeUnit.MILLISECONDS)
            .executor(own)
            .maxInboundMessageSize(MAX_REQUEST)
            .maxInboundMetadataSize(MAX_HEADERS)
            .maxConcurrentCallsPerConnection(MAX_CALLS)
            .addService(service);
    try {
      builder.intercept(
          new CallerScope(
              Authenticator.of(listener.access(), InstantSource.system()), scope, callAudit));
      if (listener.tls() != null) {
        ServerTls spoken = ServerTls.of(listener.tls());
        tls = spoken;
        builder.sslContext(sslContext(spoken)).intercept(new CallerCheck(spoken));
      }
      server = builder.build().start();
      threads = own;
      loops = ownLoops;
    } catch (IllegalArgumentException | SSLException e) {
      close(own, ownLoops);
      throw new IOException("cannot listen on " + listener.listen() + ": " + e.getMessage(), e);
    } catch (IOException e) {
      close(own, ownLoops);
      throw new IOException(
          "cannot listen on "
              + listener.listen()
              + ": "
              + e.getMessage()
              + "; free the port or configure another",
          e);
    }
    LOG.info("{} on {}", name(), address());
  }

  private static SslContext sslContext(ServerTls tls) throws IOException {
    SslContextBuilder builder =
        GrpcSslContexts.configure(SslContextBuilder.forServer(tls.identity()), SslProvider.JDK);
    tls.callers()
        .ifPresent(callers -> builder.trustManager(callers).clientAuth(ClientAuth.REQUIRE));
    return builder.build();
  }

  private static void close(ExecutorService threads, EventLoopGroup loops) {
    threads.close();
    var _ = loops.shutdownGracefully(0, CUT_SHORT.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void stop(Duration drain) throws IOException, InterruptedException {
    if (server == null || threads == null || loops == null) {
      return;
    }
    server.shutdown();
    boolean ended = server.awaitTermination(drain.toMillis(), TimeUnit.MILLISECONDS);
    if (!ended) {
      server.shutdownNow();
      ended = server.awaitTermination(CUT_SHORT.toMillis(), TimeUnit.MILLISECONDS);
    }
    close(threads, loops);
    if (!ended) {
      throw new IOException(name() + " did not close");
    }
  }
}
