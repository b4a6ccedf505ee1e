package dev.longshore.runtime.edge.audit;

import dev.longshore.events.Audited;
import dev.longshore.events.Proof;
import dev.longshore.runtime.edge.rights.ApiCall;
import dev.longshore.runtime.edge.rights.Caller;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Records the calls of one listener in the audit log: refusals, and calls of named callers, except
 * those that {@link dev.longshore.runtime.edge.rights.Operation} leaves out.
 */
public final class CallAudit {
  private static final String UNKNOWN = "unknown";

  private final AuditSink sink;
  private final String listener;
  private final InstantSource clock;

  /**
   * @param listener the listener's name
   */
  public CallAudit(AuditSink sink, String listener, InstantSource clock) {
    this.sink = sink;
    this.listener = listener;
    this.clock = clock;
  }

  /**
   * Records a call that ended.
   *
   * @param address the caller's, if the connection still has it
   * @param target path or method
   * @param trace the call's trace
   */
  public void ended(
      ApiCall visit,
      @Nullable String address,
      String target,
      String status,
      boolean refused,
      Context trace) {
    ApiCall.Matter matter = visit.matter();
    boolean known = visit.caller().proof() != Proof.NONE;
    if (!refused && !(known && matter.operation().isRemembered())) {
      return;
    }
    Caller caller = visit.caller();
    SpanContext span = Span.fromContext(trace).getSpanContext();
    sink.add(
        new Audited(
            caller.name(),
            caller.proof(),
            caller.subject().orElse(null),
            caller.through().orElse(null),
            address == null ? UNKNOWN : address,
            listener,
            matter.operation().text(),
            target,
            matter.repository().orElse(null),
            matter.reference().orElse(null),
            status,
            span.isValid() ? span.getTraceId() : null,
            clock.instant()),
        trace);
  }
}
