package dev.longshore.runtime.edge.audit;

import dev.longshore.events.Audited;
import io.opentelemetry.context.Context;

/** Takes what is to be remembered of calls; never blocks and never fails. */
@FunctionalInterface
public interface AuditSink {
  /** Remembers nothing. */
  AuditSink NONE = (entry, trace) -> {};

  /**
   * Takes one call.
   *
   * @param trace the call's, for whoever follows it from the entry
   */
  void add(Audited entry, Context trace);
}
