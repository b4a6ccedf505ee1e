package dev.longshore.runtime.edge.http;

import dev.longshore.runtime.edge.access.Authenticator;
import dev.longshore.runtime.edge.access.CallerPlaces;
import dev.longshore.runtime.edge.audit.CallAudit;
import dev.longshore.runtime.service.tls.ServerTls;
import dev.longshore.runtime.service.tls.ServerTlsSettings;
import io.opentelemetry.api.trace.Tracer;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.TrustOptions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes requests on an event loop: checks limits and credentials, reads bodies, passes them on. */
final class EdgeServer extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(EdgeServer.class);

  private static final Pattern SANE_ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  /** Keeps proxies from giving answers to others; browsers ask again each time. */
  private static final String FOR_THE_CALLER_ALONE = "private, no-cache";

  /** Until then a connection does not count toward the limit. */
  private static final int HANDSHAKE_SECONDS = 5;

  /** Requests whose bodies must authenticate their senders: these take up to 64 MiB. */
  private static final int STRANGERS = 64;

  /** How many of these one address may hold: the rest stays for others. */
  private static final int STRANGERS_OF_AN_ADDRESS = 16;

  /** Bytes of all bodies of admitted callers; at least two of the largest fit. */
  private static final long HELD = 16L << 20;

  private final EdgeOptions options;
  private final List<Route> routes;
  private final EdgeMetrics metrics;
  private final Tracer tracer;
  private final CallAudit callAudit;
  private final CallerPlaces requests;
  private final CallerPlaces strangers;
  private final CallerPlaces places;
  private final HeldBodies bodies;
  private final IdleConnections connections;
  private final Set<Call> calls = ConcurrentHashMap.newKeySet();
  private @Nullable ServerTls tls;
  private @Nullable HttpServer server;
  private long watch;

  EdgeServer(
      EdgeOptions options,
      List<Route> routes,
      EdgeMetrics metrics,
      Tracer tracer,
      CallAudit callAudit) {
    this.options = options;
    this.callAudit = callAudit;
    this.routes = routes;
    this.metrics = metrics;
    this.tracer = tracer;
    this.connections = new IdleConnections(options.idle(), options.firstRequest());
    this.requests = new CallerPlaces(options.maxConcurrent());
    this.strangers =
        new CallerPlaces(
            Math.min(options.maxConcurrent(), STRANGERS),
            Math.min(CallerPlaces.ofEach(options.maxConcurrent()), STRANGERS_OF_AN_ADDRESS));
    this.places = new CallerPlaces(options.maxConnections());
    this.bodies = new HeldBodies(Math.max(HELD, 2L * options.maxBodyBytes()));
  }

  @Override
  public Future<?> start() {
    RequestAuthorizer own =
        new RequestAuthorizer(
            Authenticator.of(options.listener().access(), InstantSource.system()), callAudit);
    HttpServer created =
        vertx
            .createHttpServer(serverOptions())
            .connectionHandler(this::connected)
            .requestHandler(request -> accept(request, own));
    server = created;
    // Closes at most a quarter of the time late.
    long shorter = Math.min(options.idle().toMillis(), options.firstRequest().toMillis());
    watch = vertx.setPeriodic(Math.max(1, shorter / 4), _ -> connections.closeIdle());
    return created.listen().onFailure(_ -> vertx.cancelTimer(watch));
  }

  private HttpServerOptions serverOptions() {
    HttpServerOptions server =
        new HttpServerOptions()
            .setHost(options.listener().listen().host())
            .setPort(options.listener().listen().port())
            .setHttp2ClearTextEnabled(false)
            .setMaxHeaderSize(options.maxHeaderBytes())
            .setMaxInitialLineLength(options.maxHeaderBytes())
            .setHandle100ContinueAutomatically(true)
            .setIdleTimeout(0);
    ServerTlsSettings settings = options.listener().tls();
    if (settings != null) {
      // Its files are watched from the first try on.
      ServerTls own = tls == null ? ServerTls.of(settings) : tls;
      tls = own;
      server
          .setSsl(true)
          .setUseAlpn(false)
          .setSslHandshakeTimeout(HANDSHAKE_SECONDS)
          .setKeyCertOptions(KeyCertOptions.wrap(own.identity()));
      own.callers()
          .ifPresent(
              callers ->
                  server
                      .setTrustOptions(TrustOptions.wrap(callers))
                      .setClientAuth(ClientAuth.REQUIRED));
    }
    return server;
  }

  @Override
  public Future<?> stop() {
    vertx.cancelTimer(watch);
    return Future.succeededFuture();
  }

  /** Its TLS, once started; null if it has none. */
  @Nullable ServerTls tls() {
    return tls;
  }

  int port() {
    return server == null ? 0 : server.actualPort();
  }

  /** Accepts no more requests, lets running ones end within the time, then closes. */
  Future<Void> shutdown(long millis) {
    return server == null
        ? Future.succeededFuture()
        : server.shutdown(millis, TimeUnit.MILLISECONDS);
  }

  /** Requests whose handlers have not ended. */
  Set<Call> calls() {
    return calls;
  }

  private void connected(HttpConnection connection) {
    SocketAddress remote = connection.remoteAddress();
    String address = String.valueOf(remote == null ? null : remote.hostAddress());
    boolean placed = places.take(address);
    connections.opened(connection);
    connection.closeHandler(
        _ -> {
          connections.closed(connection);
          if (placed) {
            places.giveBack(address);
          }
        });
    if (!placed || !isBelieved(connection)) {
      metrics.refused();
      var _ = connection.close();
    }
  }

  private boolean isBelieved(HttpConnection connection) {
    SSLSession session = connection.sslSession();
    return tls == null || (session != null && tls.believes(session));
  }

  private void accept(HttpServerRequest request, RequestAuthorizer authorizer) {
    String id = id(request.getHeader("X-Request-Id"));
    ResponseWriter answer = new ResponseWriter(request, id, options.stall());
    if (options.listener().asksWhoCalls()) {
      request.response().putHeader(HttpHeaders.CACHE_CONTROL, FOR_THE_CALLER_ALONE);
    }
    String path = RequestAuthorizer.path(request);
    List<Route> here = routes.stream().filter(route -> route.path().test(path)).toList();
    ErrorBodies errors = here.isEmpty() ? ErrorBodies.PLAIN : here.getFirst().errors();
    try {
      RequestAuthorizer.Admitted admitted = authorizer.admit(request, here);
      String caller = admitted.visit().caller().countsTo(RequestAuthorizer.address(request));
      CallerPlaces places = places(admitted);
      if (!places.take(caller)) {
        metrics.refused();
        throw new HttpFailure(
            503,
            "BUSY",
            "%d requests are under way, or %d of yours; try again"
                .formatted(places.places(), places.each()),
            Map.of("Retry-After", "1"),
            null);
      }
      HeldBodies.Body body = bodies.of(caller);
      begin(
          request,
          id,
          answer,
          admitted,
          body,
          () -> {
            places.giveBack(caller);
            body.end();
          });
    } catch (HttpFailure failure) {
      // An unread body must not be parsed as the next request.
      answer.fail(failure, errors, mayHaveBody(request));
    } catch (RuntimeException | Error defect) { // Nothing else would answer the caller.
      String shown = RequestAuthorizer.shown(request, here);
      LOG.error("{} {}: request {} was not admitted", request.method(), shown, id, defect);
      answer.fail(HttpFailure.internal(id, defect), errors, mayHaveBody(request));
    }
  }

  private CallerPlaces places(RequestAuthorizer.Admitted admitted) {
    if (admitted.pending() != null) {
      return strangers;
    }
    CallerPlaces own = admitted.route().places();
    return own == null ? requests : own;
  }

  private static boolean mayHaveBody(HttpServerRequest request) {
    return request.getHeader("Content-Length") != null
        || request.getHeader("Transfer-Encoding") != null;
  }

  private void begin(
      HttpServerRequest request,
      String id,
      ResponseWriter answer,
      RequestAuthorizer.Admitted admitted,
      HeldBodies.Body body,
      Runnable giveBack) {
    Call[] self = new Call[1];
    Call call =
        new Call(
            request,
            id,
            answer,
            admitted,
            callAudit,
            metrics,
            tracer,
            () -> {
              giveBack.run();
              calls.remove(self[0]);
            });
    self[0] = call;
    calls.add(call);
    long timer =
        vertx.setTimer(options.answerWithin().toMillis(), _ -> late(call, options.answerWithin()));
    if (admitted.pending() != null) {
      beginStrangers(call);
    }
    request.response().closeHandler(_ -> call.abandon());
    connections.begins(request.connection());
    request
        .response()
        .endHandler(
            _ -> {
              vertx.cancelTimer(timer);
              connections.ends(request.connection());
            });
    request.exceptionHandler(_ -> call.abandon());
    if (admitted.pending() == null) {
      read(request, call, options.maxBodyBytes(), body::take);
    } else {
      read(request, call, strangersBytes(), _ -> true); // their number is limited by itself
    }
  }

  /** The same time as for headers: meanwhile no other stranger can authenticate. */
  private void beginStrangers(Call call) {
    Duration within = options.firstRequest();
    vertx.setTimer(
        within.toMillis(),
        _ -> {
          if (!call.started()) {
            late(call, within);
          }
        });
  }

  /** These bodies are held in memory before their sender is known. */
  private int strangersBytes() {
    return Math.min(options.maxBodyBytes(), EdgeOptions.MAX_BODY_BYTES);
  }

  private void read(HttpServerRequest request, Call call, int most, IntPredicate room) {
    Buffer body = Buffer.buffer();
    request.handler(
        chunk -> {
          if (call.answer.begun()) {
            return; // refused: the rest is of no use
          }
          if (body.length() + chunk.length() > most) {
            refuse(call, tooLarge(most));
          } else if (!room.test(chunk.length())) {
            metrics.refused();
            refuse(call, tooMuch());
          } else {
            body.appendBuffer(chunk);
          }
        });
    request.endHandler(
        _ -> {
          if (!call.answer.begun()) {
            call.start(body.getBytes());
          }
        });
  }

  private static void refuse(Call call, HttpFailure failure) {
    if (call.answer.fail(failure, call.route.errors(), true)) {
      call.abandon();
    }
  }

  private static HttpFailure tooMuch() {
    return new HttpFailure(
        503,
        "BUSY",
        "requests with large bodies are under way; try again",
        Map.of("Retry-After", "1"),
        null);
  }

  private static HttpFailure tooLarge(int most) {
    return new HttpFailure(413, "BODY_TOO_LARGE", "the body is longer than " + most + " bytes");
  }

  private static void late(Call call, Duration within) {
    if (call.hasEnded()) {
      call.answer.breakOff(); // the caller takes nothing
      return;
    }
    HttpFailure failure =
        call.started()
            ? new HttpFailure(504, "DEADLINE", "no answer within " + within)
            : new HttpFailure(408, "DEADLINE", "no whole request within " + within);
    refuse(call, failure);
  }

  private static String id(@Nullable String callers) {
    return callers != null && SANE_ID.matcher(callers).matches()
        ? callers
        : Long.toHexString(ThreadLocalRandom.current().nextLong() | Long.MIN_VALUE);
  }
}
