package dev.longshore.runtime.edge.http;

import dev.longshore.runtime.edge.audit.CallAudit;
import dev.longshore.runtime.edge.rights.ApiCall;
import dev.longshore.runtime.service.telemetry.TraceHeaders;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request from its arrival to the end of its handler. */
final class Call {
  private static final Logger LOG = LoggerFactory.getLogger(Call.class);

  final HttpServerRequest request;
  final String id;
  final ResponseWriter answer;
  final Route route;
  private final String path;
  private final RequestAuthorizer.@Nullable Pending pending;
  private volatile ApiCall visit;
  private final CallAudit callAudit;
  private final EdgeMetrics metrics;
  private final Span span;
  private final Context context;
  private final Runnable release;
  private final long arrived = System.nanoTime();
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile @Nullable Thread worker;
  private volatile boolean abandoned;

  Call(
      HttpServerRequest request,
      String id,
      ResponseWriter answer,
      RequestAuthorizer.Admitted admitted,
      CallAudit callAudit,
      EdgeMetrics metrics,
      Tracer tracer,
      Runnable release) {
    this.request = request;
    this.id = id;
    this.answer = answer;
    this.route = admitted.route();
    this.path = route.shown(RequestAuthorizer.path(request));
    this.pending = admitted.pending();
    this.visit = admitted.visit();
    this.callAudit = callAudit;
    this.metrics = metrics;
    this.release = release;
    Context caller = TraceHeaders.extract(request::getHeader);
    span =
        tracer
            .spanBuilder(request.method().name() + " " + route.name())
            .setSpanKind(SpanKind.SERVER)
            .setParent(caller)
            .setAttribute("http.request.method", request.method().name())
            .setAttribute("http.route", route.name())
            .setAttribute("url.path", path)
            .startSpan();
    context = caller.with(span);
    metrics.began();
  }

  /** Passes the request to its handler, on a separate thread. */
  void start(byte[] body) {
    Thread thread = Thread.ofVirtual().name("request " + id).unstarted(() -> run(body));
    worker = thread;
    thread.start();
  }

  /** Whether its handler has; the caller may not have the answer yet. */
  boolean hasEnded() {
    return ended.get();
  }

  boolean started() {
    return worker != null;
  }

  /** The caller is gone or the time is up: stops the handler. */
  void abandon() {
    abandoned = true;
    Thread thread = worker;
    if (thread != null) {
      thread.interrupt();
    } else {
      end();
    }
  }

  private void run(byte[] body) {
    try (Scope _ = context.makeCurrent()) {
      handle(body);
    } finally {
      end();
    }
  }

  private void prove(byte[] body) throws HttpFailure {
    if (pending == null) {
      return;
    }
    if (!pending.ofBody().holds(body)) {
      throw pending.refusal();
    }
    visit = new ApiCall(pending.caller(), visit.matter().operation());
  }

  private void handle(byte[] body) {
    try {
      prove(body);
      route.handler().handle(new Exchange(request, id, visit, body, answer));
      if (!answer.begun()) {
        throw new IllegalStateException("the handler of " + route.name() + " gave no answer");
      }
    } catch (HttpFailure failure) {
      if (failure.getCause() != null) {
        LOG.debug("{} {}: {}", request.method(), path, failure.getMessage(), failure);
      }
      if (!answer.fail(failure, route.errors(), false)) {
        brokeOff(failure);
      }
    } catch (CallerGone gone) {
      LOG.debug("{} {}: {}", request.method(), path, gone.getMessage());
      answer.breakOff();
    } catch (Throwable fault) { // The thread ends here: nothing else would answer the caller.
      if (abandoned) {
        LOG.debug("{} {}: abandoned", request.method(), path, fault);
      } else if (answer.fail(HttpFailure.internal(id, fault), route.errors(), false)) {
        LOG.error("{} {}: request {} failed", request.method(), path, id, fault);
      } else {
        brokeOff(fault);
      }
    }
  }

  private void brokeOff(Throwable fault) {
    LOG.warn("{} {}: broke off: {}", request.method(), path, fault.getMessage());
    span.setStatus(StatusCode.ERROR, "broke off");
    answer.breakOff();
  }

  /** Ends the bookkeeping, once. */
  void end() {
    if (!ended.compareAndSet(false, true)) {
      return;
    }
    int status = answer.begun() ? answer.status() : 499;
    double seconds = (System.nanoTime() - arrived) / 1e9;
    span.setAttribute("http.response.status_code", (long) status);
    if (status >= 500) {
      span.setStatus(StatusCode.ERROR);
    }
    span.end();
    callAudit.ended(
        visit,
        RequestAuthorizer.address(request),
        path,
        Integer.toString(status),
        status == 401 || status == 403,
        context);
    metrics.ended(request.method().name(), route.name(), status, seconds);
    LOG.debug(
        "{} {} -> {} in {} ms, request {}",
        request.method(),
        path,
        status,
        Math.round(seconds * 1000),
        id);
    release.run();
  }
}
