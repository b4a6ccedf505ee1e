package dev.longshore.app.ops;

import dev.longshore.events.Audited;
import dev.longshore.runtime.edge.audit.AuditSink;
import dev.longshore.runtime.edge.http.Exchange;
import dev.longshore.runtime.edge.rights.Caller;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import java.time.InstantSource;
import java.util.Objects;

/** Tells the audit log what somebody decided at the page, as a command does. */
record PageAudit(AuditSink sink, InstantSource clock) {
  private static final String LISTENER = "ops";

  /**
   * Records one.
   *
   * @param operation such as {@code peer drain}, or {@code login}
   * @param subject what it was about
   * @param outcome in a word or two
   */
  void tell(Exchange exchange, Caller caller, String operation, String subject, String outcome) {
    Context context = Context.current();
    SpanContext span = Span.fromContext(context).getSpanContext();
    sink.add(
        new Audited(
            caller.name(),
            caller.proof(),
            caller.subject().orElse(null),
            caller.through().orElse(null),
            Objects.requireNonNullElse(exchange.address(), "unknown"),
            LISTENER,
            operation,
            exchange.path(),
            null,
            subject,
            outcome,
            span.isValid() ? span.getTraceId() : null,
            clock.instant()),
        context);
  }
}
