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
 * Tells the audit log of the calls of one listener: of refusals, and of what callers did who said
 * who they are, but for what {@link dev.longshore.runtime.edge.rights.Operation} leaves out.
 */
public final class CallAudit {
  private static final String UNKNOWN = "unknown";

  private final AuditSink sink;
  private final String listener;
  private final InstantSource clock;

  /**
   * For one listener.
   *
   * @param listener its name
   */
  public CallAudit(AuditSink sink, String listener, InstantSource clock) {
    this.sink = sink;
    this.listener = listener;
    this.clock = clock;
  }

  /**
   * A call that ended.
   *
   * @param address the caller's, if the connection still has it
   * @param target path or method
   * @param trace the call's
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
