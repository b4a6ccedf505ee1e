package dev.longshore.runtime.edge.audit;

import dev.longshore.events.Audited;
import io.opentelemetry.context.Context;

/** What is to be written of one call, and the trace that it belongs to. */
record Entry(Audited audited, Context trace) {}
