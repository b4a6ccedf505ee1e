package dev.longshore.runtime.edge.audit;

import dev.longshore.events.Audited;
import io.opentelemetry.context.Context;

/** Receives audit entries of calls; never blocks and never fails. */
@FunctionalInterface
public interface AuditSink {
  /** Discards everything. */
  AuditSink NONE = (entry, trace) -> {};

  /**
   * Records one call.
   *
   * @param trace the call's trace, to follow from the entry
   */
  void add(Audited entry, Context trace);
}
