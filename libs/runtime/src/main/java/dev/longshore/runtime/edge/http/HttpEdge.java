package dev.longshore.runtime.edge.http;

import dev.longshore.runtime.edge.audit.AuditSink;
import dev.longshore.runtime.edge.audit.CallAudit;
import dev.longshore.runtime.service.lifecycle.Part;
import dev.longshore.runtime.service.tls.ServerTls;
import dev.longshore.settings.Listen;
import io.opentelemetry.api.OpenTelemetry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One HTTP/1.1 listener. Requests are taken on one event loop and answered each on a virtual
 * thread, of which there are so many at most; a slow caller slows down only its own.
 */
public final class HttpEdge implements Part {
  private static final Logger LOG = LoggerFactory.getLogger(HttpEdge.class);

  /** Opening and closing a socket; more means that the event loop hangs. */
  private static final Duration SOCKET = Duration.ofSeconds(10);

  private final Vertx vertx;
  private final EdgeOptions options;
  private final EdgeServer server;
  private @Nullable String deployment;

  /**
   * Listens to nothing yet.
   *
   * @param vertx of the process
   * @param routes the first that takes path and method gets the request
   */
  public HttpEdge(
      Vertx vertx, EdgeOptions options, List<Route> routes, OpenTelemetry openTelemetry) {
    this(vertx, options, routes, openTelemetry, AuditSink.NONE);
  }

  /**
   * Listens to nothing yet.
   *
   * @param audit is told who asked for what
   */
  public HttpEdge(
      Vertx vertx,
      EdgeOptions options,
      List<Route> routes,
      OpenTelemetry openTelemetry,
      AuditSink audit) {
    this.vertx = vertx;
    this.options = options;
    this.server =
        new EdgeServer(
            options,
            List.copyOf(routes),
            new EdgeMetrics(openTelemetry.getMeter("dev.longshore.http"), options.name()),
            openTelemetry.getTracer("dev.longshore.http"),
            new CallAudit(audit, options.name(), InstantSource.system()));
  }

  @Override
  public String name() {
    return options.name() + " listener";
  }

  /** What it speaks TLS with, once started; none if it does not. */
  @Nullable ServerTls tls() {
    return server.tls();
  }

  /** Where it listens; with the real port, once started. */
  public Listen address() {
    return new Listen(options.listener().listen().host(), server.port());
  }

  /**
   * Listens.
   *
   * @throws IOException when the port is taken or the address is not this machine's
   */
  @Override
  public void start() throws IOException, InterruptedException {
    try {
      deployment =
          vertx
              .deployVerticle(server)
              .toCompletionStage()
              .toCompletableFuture()
              .get(SOCKET.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException failed) {
      Throwable cause = failed.getCause();
      throw new IOException(
          "cannot listen on " + options.listener().listen() + ": " + why(cause), cause);
    } catch (TimeoutException late) {
      throw new IOException("listening took more than " + SOCKET, late);
    }
    LOG.info("{} on {}://{}", name(), options.listener().scheme(), address());
  }

  private static String why(@Nullable Throwable cause) {
    if (cause instanceof BindException) {
      return cause.getMessage() + "; free the port or configure another";
    }
    // Certificates or tokens that cannot be used.
    return cause instanceof IllegalArgumentException
        ? String.valueOf(cause.getMessage())
        : String.valueOf(cause);
  }

  /**
   * Takes no more requests; those under way may end within the time, then they are interrupted.
   *
   * @throws IOException when handlers go on all the same
   */
  @Override
  public void stop(Duration drain) throws IOException, InterruptedException {
    CompletableFuture<Void> closed =
        server.shutdown(drain.toMillis()).toCompletionStage().toCompletableFuture();
    boolean clean = await(closed, drain.plus(SOCKET));
    server.calls().forEach(Call::abandon);
    String deployed = deployment;
    deployment = null;
    if (deployed != null) {
      clean &= await(vertx.undeploy(deployed).toCompletionStage().toCompletableFuture(), SOCKET);
    }
    if (!clean) {
      throw new IOException(name() + " did not close");
    }
  }

  private static boolean await(CompletableFuture<?> future, Duration limit)
      throws InterruptedException {
    try {
      future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (ExecutionException | TimeoutException failed) {
      LOG.debug("closing", failed);
      return false;
    }
  }
}
