package dev.longshore.runtime.edge.http;

import dev.longshore.runtime.edge.audit.AuditSink;
import dev.longshore.runtime.edge.audit.CallAudit;
import dev.longshore.runtime.service.lifecycle.Part;
import dev.longshore.runtime.service.tls.ServerTls;
import dev.longshore.settings.value.Listen;
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
 * One HTTP/1.1 listener. One event loop accepts requests, and a limited number of virtual threads
 * answers them; a slow caller delays only its own.
 */
public final class HttpEdge implements Part {
  private static final Logger LOG = LoggerFactory.getLogger(HttpEdge.class);

  /** Time to open or close a socket; more means that the event loop hangs. */
  private static final Duration SOCKET = Duration.ofSeconds(10);

  /** On a machine that starts a dozen services at once, the first use of Netty and TLS is slow. */
  private static final Duration LISTENING = Duration.ofMinutes(1);

  private final Vertx vertx;
  private final EdgeOptions options;
  private final EdgeServer server;
  private @Nullable String deployment;

  /**
   * Creates an edge without starting it.
   *
   * @param vertx the process's Vert.x
   * @param routes the first that matches path and method gets the request
   */
  public HttpEdge(
      Vertx vertx, EdgeOptions options, List<Route> routes, OpenTelemetry openTelemetry) {
    this(vertx, options, routes, openTelemetry, AuditSink.NONE);
  }

  /**
   * Creates an edge without starting it.
   *
   * @param audit records calls and their callers
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
            new EdgeMetrics(
                openTelemetry.getMeter("dev.longshore.http"),
                options.name(),
                options.listener().tls() == null ? "http" : "https"),
            openTelemetry.getTracer("dev.longshore.http"),
            new CallAudit(audit, options.name(), InstantSource.system()));
  }

  @Override
  public String name() {
    return options.name() + " listener";
  }

  /** Its TLS, once started; null if it has none. */
  @Nullable ServerTls tls() {
    return server.tls();
  }

  /** The address it listens on; with the real port, once started. */
  public Listen address() {
    return new Listen(options.listener().listen().host(), server.port());
  }

  /**
   * Starts to listen; may be tried again after it failed.
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
              .get(LISTENING.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException failed) {
      Throwable cause = failed.getCause();
      throw new IOException(
          "cannot listen on " + options.listener().listen() + ": " + why(cause), cause);
    } catch (TimeoutException late) {
      throw new IOException("listening took more than " + LISTENING, late);
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
   * Accepts no more requests; running ones may end within the time, and are then interrupted.
   *
   * @throws IOException when handlers go on anyway
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
