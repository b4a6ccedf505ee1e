package dev.longshore.runtime.grpc;

import dev.longshore.runtime.config.Listen;
import dev.longshore.runtime.config.ListenerSettings;
import dev.longshore.runtime.lifecycle.Part;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The gRPC listener; each call runs on a virtual thread of its own. */
public final class GrpcEdge implements Part {
  private static final Logger LOG = LoggerFactory.getLogger(GrpcEdge.class);

  /** Bytes of a request: the longest question fits several times. */
  private static final int MAX_REQUEST = 16 * 1024;

  /** Bytes of a request's headers: a bearer token of 8 KiB fits. */
  private static final int MAX_HEADERS = 16 * 1024;

  /** Calls of one connection at once. */
  private static final int MAX_CALLS = 256;

  /** What a stop waits for calls that were cut short. */
  private static final Duration CUT_SHORT = Duration.ofSeconds(5);

  private final String name;
  private final ListenerSettings listener;
  private final BindableService service;
  private @Nullable Server server;
  private @Nullable ExecutorService threads;

  /**
   * Listens to nothing yet.
   *
   * @param name such as {@code resolver}; stands in errors and logs
   */
  public GrpcEdge(String name, ListenerSettings listener, BindableService service) {
    this.name = name;
    this.listener = listener;
    this.service = service;
  }

  @Override
  public String name() {
    return name + " gRPC listener";
  }

  /** Where it listens; with the real port, once started. */
  public Listen address() {
    return new Listen(listener.listen().host(), server == null ? 0 : server.getPort());
  }

  @Override
  public void start() throws IOException {
    ExecutorService own =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("grpc-", 0).factory());
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(listener.listen().address())
            .executor(own)
            .maxInboundMessageSize(MAX_REQUEST)
            .maxInboundMetadataSize(MAX_HEADERS)
            .maxConcurrentCallsPerConnection(MAX_CALLS)
            .addService(service);
    if (listener.credentials() != null) {
      builder.intercept(new CredentialCheck(listener.credentials().credentials()));
    }
    try {
      server = builder.build().start();
      threads = own;
    } catch (IOException e) {
      own.close();
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

  @Override
  public void stop(Duration drain) throws IOException, InterruptedException {
    if (server == null || threads == null) {
      return;
    }
    server.shutdown();
    boolean ended = server.awaitTermination(drain.toMillis(), TimeUnit.MILLISECONDS);
    if (!ended) {
      server.shutdownNow();
      ended = server.awaitTermination(CUT_SHORT.toMillis(), TimeUnit.MILLISECONDS);
    }
    threads.close();
    if (!ended) {
      throw new IOException(name() + " did not close");
    }
  }
}
